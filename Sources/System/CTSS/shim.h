// The TPM 2.0 software stack: the enhanced system API, marshalling, and the loader of transports.
#pragma once
#include <tss2/tss2_esys.h>
#include <tss2/tss2_mu.h>
#include <tss2/tss2_tctildr.h>

/* SPDX-License-Identifier: Apache-2.0 */
#include "learn/boost/xgboost_library.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

static const char *const files[] = {"libxgboost.so.0", "libxgboost.so"};

static const struct symbol {
    const char *name;
    size_t offset;
} symbols[] = {
    {"XGBoostVersion", offsetof(tw_xgboost_library, version)},
    {"XGBGetLastError", offsetof(tw_xgboost_library, last_error)},
    {"XGDMatrixCreateFromMat", offsetof(tw_xgboost_library, matrix_new)},
    {"XGDMatrixSetFloatInfo", offsetof(tw_xgboost_library, matrix_set)},
    {"XGDMatrixSetStrFeatureInfo", offsetof(tw_xgboost_library, matrix_describe)},
    {"XGDMatrixFree", offsetof(tw_xgboost_library, matrix_free)},
    {"XGBoosterCreate", offsetof(tw_xgboost_library, booster_new)},
    {"XGBoosterSetParam", offsetof(tw_xgboost_library, booster_set)},
    {"XGBoosterUpdateOneIter", offsetof(tw_xgboost_library, booster_update)},
    {"XGBoosterPredictFromDMatrix", offsetof(tw_xgboost_library, booster_predict)},
    {"XGBoosterSaveModelToBuffer", offsetof(tw_xgboost_library, booster_save)},
    {"XGBoosterFree", offsetof(tw_xgboost_library, booster_free)},
};

/* POSIX has dlsym give functions as void *, which C cannot cast to them: the bytes are copied. */
static tw_status get_symbols(tw_xgboost_library *library, tw_error *err)
{
    for (size_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++) {
        void *const found = dlsym(library->handle, symbols[i].name);
        if (!found)
            return tw_fail(err, TW_UNSUPPORTED, "xgboost: the library found has no %s; version 1.7 or later is needed",
                           symbols[i].name);
        memcpy((char *)library + symbols[i].offset, &found, sizeof found);
    }
    int patch = 0;
    library->version(&library->major, &library->minor, &patch);
    if (library->major > 1 || (library->major == 1 && library->minor >= 7)) return TW_OK;
    return tw_fail(err, TW_UNSUPPORTED, "xgboost: the library found is version %d.%d.%d; 1.7 or later is needed",
                   library->major, library->minor, patch);
}

tw_status tw_xgboost_open(tw_xgboost_library *library, tw_error *err)
{
    *library = (tw_xgboost_library){.handle = NULL};
    /* It is never unloaded: threads that it started would go on in code that is no longer there. */
    for (size_t i = 0; i < sizeof files / sizeof files[0] && !library->handle; i++)
        library->handle = dlopen(files[i], RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!library->handle)
        return tw_fail(err, TW_UNSUPPORTED,
                       "xgboost: libxgboost.so is not found; install it (Debian: apt-get install libxgboost0), or name "
                       "its folder in LD_LIBRARY_PATH; learner gbm needs no library");
    const tw_status status = get_symbols(library, err);
    if (status != TW_OK) tw_xgboost_close(library);
    return status;
}

void tw_xgboost_close(tw_xgboost_library *library)
{
    if (library->handle) (void)dlclose(library->handle);
    library->handle = NULL;
}

tw_status tw_xgboost_check(const tw_xgboost_library *library, int code, tw_error *err)
{
    if (code == 0) return TW_OK;
    return tw_fail(err, TW_BAD_VALUE, "xgboost: %.400s", library->last_error());
}

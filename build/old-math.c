// The versions that log, log2 and pow had before glibc 2.29, which differ from later ones only in how they report errors. They are put in the
// place of the later ones (the linker's --wrap), so that the client runs with older libraries, such as that of Enterprise Linux 8.
#if defined(__x86_64__)
#define FIRST_VERSION "GLIBC_2.2.5"
#elif defined(__aarch64__)
#define FIRST_VERSION "GLIBC_2.17"
#else
#error "the first version of this processor's libm is not known here"
#endif

__asm__(".symver old_log,log@" FIRST_VERSION);
__asm__(".symver old_log2,log2@" FIRST_VERSION);
__asm__(".symver old_pow,pow@" FIRST_VERSION);

double old_log(double value);
double old_log2(double value);
double old_pow(double value, double power);

double __wrap_log(double value) { return old_log(value); }
double __wrap_log2(double value) { return old_log2(value); }
double __wrap_pow(double value, double power) { return old_pow(value, power); }

using Hutch.Formats.Native;

namespace Hutch.Formats.Tests.Hdf5;

public sealed class FullDiskTests
{
    [Fact]
    public void A_full_disk_is_a_failure_of_the_disk_and_not_of_the_library()
    {
        const string Reason = "file write failed: time = Fri Nov 27 13:36:47 2026\n, filename = '/tmp/x.h5', file descriptor = 70, errno = 28, "
            + "error message = 'No space left on device', buf = 0x55980bcdb528";

        IOException full = Assert.IsType<IOException>(Hdf5Library.Failure("Hdf5Library.H5Fflush(_file, 1)", Reason));

        Assert.Equal(("Cannot write '/tmp/x.h5': No space left on device", 28), (full.Message, full.HResult));
        Assert.IsType<Hdf5Exception>(Hdf5Library.Failure("Hdf5Library.H5Fflush(_file, 1)", Reason.Replace("28", "5", StringComparison.Ordinal)));
    }
}

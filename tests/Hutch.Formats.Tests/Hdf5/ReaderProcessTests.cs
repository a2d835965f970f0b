using System.Buffers;
using System.Diagnostics;
using Hutch.Formats.Hdf5;
using Hutch.Formats.Native;
using Hutch.Formats.NxMx;
using Hutch.Formats.Tests.Support;
using Hutch.Model;
using Hutch.Testing;
using Hutch.Testing.Clocks;

namespace Hutch.Formats.Tests.Hdf5;

public sealed class ReaderProcessTests
{
    private static readonly string Master = TestData.Path("synthetic/synth_master.h5");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_killed_reader_process_is_replaced_and_reading_continues()
    {
        await using Hdf5ReaderProcess reader = Readers.Start();
        Assert.True((await reader.OpenAsync(Master, Cancellation)).IsOk);
        int first = reader.ProcessId!.Value;
        using (var process = Process.GetProcessById(first))
        {
            process.Kill();
            await process.WaitForExitAsync(Cancellation);
        }

        // Whether this call still meets the dead process or already a new one is a matter of moments; the second never fails.
        _ = await reader.ReadFrameAsync(0, 0, new ArrayBufferWriter<byte>(), Cancellation);
        var chunk = new ArrayBufferWriter<byte>();
        Result<FrameInfo> frame = await reader.ReadFrameAsync(2, 0, chunk, Cancellation);

        Assert.True(frame.IsOk);
        Assert.Equal(TestData.SyntheticChunk(3), chunk.WrittenSpan);
        Assert.NotEqual(first, reader.ProcessId);
    }

    [Fact]
    public async Task A_reader_that_hangs_is_ended_in_time()
    {
        var time = new HeldTime();
        await using var reader = new Hdf5ReaderProcess(new ReaderCommand("/bin/sleep", ["1000"]), new Hdf5ReaderOptions(), time);
        Task<Result<SeriesDescription>> opening = reader.OpenAsync(Master, Cancellation);
        Assert.NotNull(reader.ProcessId);

        time.EndWaits();
        Result<SeriesDescription> result = await opening;

        Assert.StartsWith("synth_master.h5 could not be read within", result.Error!.Message, StringComparison.Ordinal);
        Assert.Null(reader.ProcessId);
    }

    [Theory]
    [InlineData("exit 3")]
    [InlineData("kill -SEGV $$")]
    [InlineData("printf '\\377\\377\\377\\177\\377\\377\\377\\177 and more'; cat")]
    [InlineData("printf '\\002\\000\\000\\000\\000\\000\\000\\000{]'; cat")]
    public async Task A_reader_that_dies_or_talks_nonsense_is_a_clear_refusal(string script)
    {
        await using var reader = new Hdf5ReaderProcess(new ReaderCommand("/bin/sh", ["-c", script]), new Hdf5ReaderOptions(), TimeProvider.System);

        Result<SeriesDescription> result = await reader.OpenAsync(Master, Cancellation);

        Assert.Equal("The HDF5 reader stopped while reading synth_master.h5. The file may be damaged.", result.Error!.Message);
        Assert.Equal(ErrorCode.UnreadableFile, result.Error.Code);
    }

    [Fact]
    public async Task A_reader_that_cannot_be_started_is_a_clear_refusal()
    {
        await using var reader = new Hdf5ReaderProcess(new ReaderCommand("/no/such/program", []), new Hdf5ReaderOptions(), TimeProvider.System);

        Result<SeriesDescription> result = await reader.OpenAsync(Master, Cancellation);

        Assert.Equal(ErrorCode.Unavailable, result.Error!.Code);
    }

    [Fact]
    public async Task A_reader_knows_none_of_our_secrets()
    {
        Environment.SetEnvironmentVariable("HUTCH_TOKEN", "hutch_test_secret");
        using var folder = new TemporaryFolder();
        await using var reader = new Hdf5ReaderProcess(
            new ReaderCommand("/bin/sh", ["-c", $"env | tee {folder["known"]} >&2"]), new Hdf5ReaderOptions(), TimeProvider.System);

        // Whether its end is seen before its last words is a matter of moments: then another one is asked.
        string? words;
        do
        {
            Result<SeriesDescription> result = await reader.OpenAsync(Master, Cancellation);
            words = result.Error!.Details!.GetValueOrDefault("output");
        }
        while (words is null);

        Assert.Contains("=", words, StringComparison.Ordinal);
        string known = await File.ReadAllTextAsync(folder["known"], Cancellation);
        Assert.Contains("PATH=", known, StringComparison.Ordinal);
        Assert.DoesNotContain("hutch_test_secret", known, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_asks_for_too_much_memory_is_refused_and_the_next_is_read()
    {
        using var folder = new TemporaryFolder();
        await Python.RunAsync(
            "import h5py, sys\nh5py.File(sys.argv[1], 'w').create_dataset('entry/data/data', (1, 20000, 20000), 'u4')\n", folder["x_master.h5"]);
        await using Hdf5ReaderProcess reader = Readers.Start(new Hdf5ReaderOptions { MaxMemoryBytes = 512 << 20 });
        Assert.True((await reader.OpenAsync(folder["x_master.h5"], Cancellation)).IsOk);

        Result<FrameInfo> frame = await reader.ReadFrameAsync(0, 0, new ArrayBufferWriter<byte>(), Cancellation);

        Assert.Equal("x_master.h5 needs more memory than a reader may use. The file may be damaged.", frame.Error!.Message);
        Assert.True((await reader.OpenAsync(Master, Cancellation)).IsOk);
    }

    [Fact]
    public async Task A_frame_larger_than_the_limit_is_refused()
    {
        await using Hdf5ReaderProcess reader = Readers.Start(new Hdf5ReaderOptions { MaxPayloadBytes = 1000 });
        Assert.True((await reader.OpenAsync(Master, Cancellation)).IsOk);

        Assert.False((await reader.ReadFrameAsync(0, 0, new ArrayBufferWriter<byte>(), Cancellation)).IsOk);
    }

    [Fact]
    public async Task A_frame_that_does_not_exist_is_not_found()
    {
        await using Hdf5ReaderProcess reader = Readers.Start();
        Assert.True((await reader.OpenAsync(Master, Cancellation)).IsOk);

        foreach ((int image, int channel) in new[] { (5, 0), (-1, 0), (0, 1) })
        {
            Result<FrameInfo> frame = await reader.ReadFrameAsync(image, channel, new ArrayBufferWriter<byte>(), Cancellation);
            Assert.Equal(ErrorCode.NotFound, frame.Error!.Code);
        }
    }

    [Fact]
    public async Task Nothing_can_be_read_before_a_master_is_open()
    {
        await using Hdf5ReaderProcess reader = Readers.Start();

        Result<FrameInfo> frame = await reader.ReadFrameAsync(0, 0, new ArrayBufferWriter<byte>(), Cancellation);

        Assert.Equal(ErrorCode.BadRequest, frame.Error!.Code);
    }

    [Fact]
    public async Task A_reader_can_be_disposed_twice_and_then_refuses_work()
    {
        Hdf5ReaderProcess reader = Readers.Start();
        Assert.True((await reader.OpenAsync(Master, Cancellation)).IsOk);

        await reader.DisposeAsync();
        await reader.DisposeAsync();

        Assert.Null(reader.ProcessId);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => reader.OpenAsync(Master, Cancellation));
    }

    [Fact]
    public async Task A_call_that_is_cancelled_ends_the_process_so_that_answers_are_never_mixed_up()
    {
        await using var reader = new Hdf5ReaderProcess(new ReaderCommand("/bin/sleep", ["1000"]), new Hdf5ReaderOptions(), TimeProvider.System);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        Task<Result<SeriesDescription>> opening = reader.OpenAsync(Master, enough.Token);
        Assert.NotNull(reader.ProcessId);

        await enough.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);
        Assert.Null(reader.ProcessId);
    }

    [Fact]
    public async Task Masters_with_random_damage_never_do_harm()
    {
        using var folder = new TemporaryFolder();
        byte[] whole = await File.ReadAllBytesAsync(Master, Cancellation);
        File.Copy(TestData.Path("synthetic/synth_data_000001.h5"), folder["synth_data_000001.h5"]);
        File.Copy(TestData.Path("synthetic/synth_data_000002.h5"), folder["synth_data_000002.h5"]);
        await using Hdf5ReaderProcess reader = Readers.Start(new Hdf5ReaderOptions { OpenTimeout = TimeSpan.FromSeconds(10) });
        var random = new Random(11);
        int refused = 0;
        for (int round = 0; round < 40; round++)
        {
            byte[] damaged = (byte[])whole.Clone();
            for (int i = 0; i < 20; i++)
            {
                damaged[random.Next(damaged.Length / 4)] = (byte)random.Next(256);
            }

            await File.WriteAllBytesAsync(folder["synth_master.h5"], damaged, Cancellation);
            Result<SeriesDescription> result = await reader.OpenAsync(folder["synth_master.h5"], Cancellation);
            refused += result.IsOk ? 0 : 1;
        }

        Assert.True(refused > 0);
        Assert.True((await reader.OpenAsync(Master, Cancellation)).IsOk);
    }

    [Fact]
    public void A_missing_library_is_refused_with_the_name_of_its_package()
    {
        var package = new NativePackage("libnothing9", "nothing");
        var refusal = Assert.Throws<HutchException>(() => NativeLibraries.Load(["libnothing.so.9"], package));
        Assert.Equal("The library libnothing.so.9 is not installed. " + package.HowToInstall(), refusal.Message);
    }

    [Theory]
    [InlineData("ID=debian", "Install it: `apt-get install libnothing9`.")]
    [InlineData("ID=ubuntu\nID_LIKE=debian", "Install it: `apt-get install libnothing9`.")]
    [InlineData("NAME=\"AlmaLinux\"\nID=\"almalinux\"\nID_LIKE=\"rhel centos fedora\"", "Install it: `dnf install nothing`; on RHEL from EPEL.")]
    [InlineData("ID=fedora", "Install it: `dnf install nothing`; on RHEL from EPEL.")]
    [InlineData("ID=arch", "Install the package that has it: libnothing9 on Debian, nothing on Fedora.")]
    [InlineData("", "Install the package that has it: libnothing9 on Debian, nothing on Fedora.")]
    public void The_package_of_a_library_is_named_for_this_distribution(string osRelease, string expected) =>
        Assert.Equal(expected, new NativePackage("libnothing9", "nothing").HowToInstall(osRelease.Split('\n')));
}

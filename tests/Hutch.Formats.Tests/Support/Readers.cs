using Hutch.Formats.Hdf5;

namespace Hutch.Formats.Tests.Support;

/// <summary>Starts reader processes for the tests.</summary>
internal static class Readers
{
    public static ReaderCommand Command { get; } = new(Path.Combine(AppContext.BaseDirectory, "Hutch.Formats.ReaderHost"), []);

    public static ReaderCommand ContentCommand { get; } = Command with { Arguments = ["content"] };

    /// <summary>One reader for all tests that only open files; it ends with the test process, whose pipe it reads.</summary>
    public static Hdf5ReaderProcess Shared { get; } = Start();

    public static Hdf5ReaderProcess Start(Hdf5ReaderOptions? options = null) => new(Command, options ?? new Hdf5ReaderOptions(), TimeProvider.System);
}

using Hutch.Model;

namespace Hutch.Formats.Hdf5;

/// <summary>The refusal of a file that cannot be read, with its path in the details.</summary>
internal static class Unreadable
{
    public static HutchException File(string message, string path) =>
        ErrorCode.UnreadableFile.With(message, "file", path).ToException();
}

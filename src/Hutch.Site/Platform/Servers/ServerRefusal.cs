using System.Text;

namespace Hutch.Site.Platform.Servers;

/// <summary>A refusal of one server to another: the name of its code, and its message on the next line.</summary>
public static class ServerRefusal
{
    /// <summary>The most bytes of a refusal; a longer body is not one.</summary>
    public const int MaxBytes = 64 << 10;

    public static byte[] Write(HutchError error)
    {
        return Encoding.UTF8.GetBytes($"{error.Code.Name}\n{error.Message}");
    }

    /// <summary>Reads a refusal. An unknown code comes from a newer program, and is a refusal nevertheless.</summary>
    public static HutchError Read(ReadOnlySpan<byte> body)
    {
        string[] lines = Encoding.UTF8.GetString(body).Split('\n', 2);
        ErrorCode code = ErrorCode.All.FirstOrDefault(code => code.Name == lines[0]) ?? ErrorCode.Unavailable;
        return code.With(lines.Length == 2 ? lines[1] : "Another server of the site refuses, and does not say why.");
    }
}

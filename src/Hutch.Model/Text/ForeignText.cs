using System.Text.Unicode;

namespace Hutch.Model;

/// <summary>Decodes text of files that do not say its encoding.</summary>
public static class ForeignText
{
    /// <summary>Decodes UTF-8; other bytes are Latin-1, in which old programs write µ, Å and °.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes) => (Utf8.IsValid(bytes) ? Encoding.UTF8 : Encoding.Latin1).GetString(bytes);
}

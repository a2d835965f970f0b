namespace Hutch.S3.Http;

/// <summary>
/// The names of headers that are about an object, and the values of those of the user. The server reads and writes these as bytes, a
/// character each: clients send UTF-8 or Latin-1, and get back what they sent.
/// </summary>
internal static class ObjectHeaders
{
    public const string MetadataPrefix = "x-amz-meta-";

    public static IReadOnlyList<string> Content { get; } =
        ["Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Expires"];

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Decodes a value: UTF-8, or Latin-1 if it cannot be that.</summary>
    public static string Read(string bytes, out bool isLatin1)
    {
        isLatin1 = false;
        if (Ascii.IsValid(bytes))
        {
            return bytes;
        }

        try
        {
            return Strict.GetString(Encoding.Latin1.GetBytes(bytes));
        }
        catch (DecoderFallbackException)
        {
            isLatin1 = true;
            return bytes;
        }
    }

    public static string Write(string text, bool isLatin1 = false) =>
        Ascii.IsValid(text) || (isLatin1 && text.All(static c => c <= byte.MaxValue))
            ? text
            : Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));
}

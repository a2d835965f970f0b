namespace Hutch.Federation.Wire;

/// <summary>Bytes in a line or a header, as base64.</summary>
internal static class Base64Field
{
    /// <summary>The bytes; null when the text is no base64.</summary>
    public static byte[]? Read(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out int length) ? bytes[..length] : null;
    }
}

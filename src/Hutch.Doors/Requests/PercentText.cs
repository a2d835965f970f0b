namespace Hutch.Doors.Requests;

/// <summary>Percent-encoded text (RFC 3986 section 2.1).</summary>
public static class PercentText
{
    /// <summary>Decodes a percent-encoded text; what is no escape stays.</summary>
    public static byte[] Decode(ReadOnlySpan<char> text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text.ToString());
        int length = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            bool escaped = bytes[i] == '%' && i + 2 < bytes.Length
                && byte.TryParse(bytes.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bytes[length]);
            if (!escaped)
            {
                bytes[length] = bytes[i];
            }

            i += escaped ? 2 : 0;
            length++;
        }

        return bytes[..length];
    }
}

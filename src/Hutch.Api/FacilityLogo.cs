namespace Hutch.Api;

/// <summary>
/// The operator's logo on public pages: a PNG, JPEG, GIF, WebP or SVG picture. It is sent under a policy that lets nothing in it run or
/// load, also when a browser opens its address.
/// </summary>
public sealed record FacilityLogo
{
    public const int MaxBytes = 256 << 10;

    private FacilityLogo(byte[] bytes, string mediaType) => (Bytes, MediaType) = (bytes, mediaType);

    internal byte[] Bytes { get; }

    public string MediaType { get; }

    /// <summary>Reads a logo by its first bytes; the error names the configuration's key.</summary>
    public static Result<FacilityLogo> Parse(byte[] bytes)
    {
        ReadOnlySpan<byte> start = bytes;
        string? type = start switch
        {
            [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => "image/png",
            [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
            _ when start.StartsWith("GIF8"u8) => "image/gif",
            _ when start.StartsWith("RIFF"u8) && start.Length > 12 && start[8..].StartsWith("WEBP"u8) => "image/webp",
            _ when start.IndexOf("<svg"u8) is >= 0 and < 4096 => "image/svg+xml",
            _ => null,
        };
        return type is not null
            ? new FacilityLogo(bytes, type)
            : ErrorCode.BadConfiguration.With(
                "The file of 'server.logo' is no PNG, JPEG, GIF, WebP or SVG picture: convert the logo to one of these.");
    }
}

namespace Hutch.Model.Bags;

/// <summary>Names and lines of a BagIt bag, version 1.0 (RFC 8493).</summary>
public static class BagFormat
{
    /// <summary>The bag declaration (section 2.1.1).</summary>
    public const string Declaration = "bagit.txt";

    /// <summary>The metadata of the bag (section 2.2.2).</summary>
    public const string Info = "bag-info.txt";

    /// <summary>The list of files that a bag lacks, with addresses (section 2.2.3).</summary>
    public const string Fetch = "fetch.txt";

    /// <summary>The folder of the payload, as a prefix of paths (section 2.1.2).</summary>
    public const string Payload = "data/";

    /// <summary>The payload manifest that Hutch writes (section 2.1.3).</summary>
    public const string Manifest = "manifest-sha256.txt";

    /// <summary>The tag manifest that Hutch writes (section 2.2.1).</summary>
    public const string TagManifest = "tagmanifest-sha256.txt";

    /// <summary>The content of the bag declaration.</summary>
    public static ReadOnlySpan<byte> DeclarationBytes => "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"u8;

    /// <summary>A line of a manifest with its line end.</summary>
    public static byte[] Line(BlobHash hash, string path) => Encoding.UTF8.GetBytes($"{hash}  {EncodePath(path)}\n");

    /// <summary>A line of <see cref="Info"/> with its line end. A value is one line: its control characters become blanks.</summary>
    public static string Field(string label, string value) =>
        $"{label}: {string.Concat(value.Select(static c => char.IsControl(c) ? ' ' : c)).Trim()}\n";

    /// <summary>A path as manifests have it: line feed, carriage return and percent sign are percent-encoded (section 2.1.3).</summary>
    public static string EncodePath(string path) => path.AsSpan().IndexOfAny("%\n\r") < 0
        ? path
        : path.Replace("%", "%25", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal)
            .Replace("\r", "%0D", StringComparison.Ordinal);

    /// <summary>
    /// The path of a line of a manifest. Only the three sequences that the section names are decoded; another percent sign stands for
    /// itself, as in the bags of programs that encode none.
    /// </summary>
    public static string DecodePath(string text) => !text.Contains('%', StringComparison.Ordinal)
        ? text
        : text.Replace("%0A", "\n", StringComparison.OrdinalIgnoreCase).Replace("%0D", "\r", StringComparison.OrdinalIgnoreCase)
            .Replace("%25", "%", StringComparison.Ordinal);
}

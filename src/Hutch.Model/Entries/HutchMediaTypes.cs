namespace Hutch.Model;

public static class HutchMediaTypes
{
    /// <summary>One JSON document per line.</summary>
    public const string Lines = "application/x-ndjson";

    /// <summary>YAML (RFC 9512).</summary>
    public const string Yaml = "application/yaml";

    public const string Problem = "application/problem+json";

    public const string Tar = "application/x-tar";

    public const string Frame = "application/x-hutch-frame";

    /// <summary>A put that creates a symbolic link; the body is its target.</summary>
    public const string Link = "application/x-hutch-link";

    /// <summary>A put that creates an empty directory; the body is empty.</summary>
    public const string Directory = "application/x-hutch-directory";
}

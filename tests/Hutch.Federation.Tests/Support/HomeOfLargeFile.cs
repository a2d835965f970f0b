namespace Hutch.Federation.Tests.Support;

/// <summary>A home whose large file has seven parts, of which the last has 5 bytes.</summary>
public sealed class HomeOfLargeFile : HonestHome
{
    /// <inheritdoc/>
    internal override int LargeBytes => (48 << 20) + 5;
}

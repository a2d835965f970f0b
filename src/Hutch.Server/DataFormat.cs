namespace Hutch.Server;

public static class DataFormat
{
    /// <summary>The format that this program writes.</summary>
    public const int Current = 3;
}

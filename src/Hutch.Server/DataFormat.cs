namespace Hutch.Server;

public static class DataFormat
{
    public const int Current = 3;
}

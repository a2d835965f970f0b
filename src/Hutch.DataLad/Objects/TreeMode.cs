namespace Hutch.DataLad.Objects;

internal static class TreeMode
{
    public static ReadOnlySpan<byte> File => "100644"u8;

    public static ReadOnlySpan<byte> Executable => "100755"u8;

    public static ReadOnlySpan<byte> Link => "120000"u8;

    public static ReadOnlySpan<byte> Directory => "40000"u8;

    public static ReadOnlySpan<byte> Submodule => "160000"u8;
}

namespace Hutch.Types;

/// <summary>The files below <c>BuiltIn/</c>, embedded in the program under their path without the extension.</summary>
internal static class BuiltInFile
{
    public static byte[] Read(string resource)
    {
        using Stream stream = typeof(BuiltInFile).Assembly.GetManifestResourceStream(resource)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}

namespace Hutch.Api.Documentation;

internal static class EmbeddedFiles
{
    public static byte[] Read(string name)
    {
        using Stream stream = Open(name);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    public static Stream Open(string name) => typeof(EmbeddedFiles).Assembly.GetManifestResourceStream(name)
        ?? throw new InvalidOperationException($"The program was built without '{name}'.");
}

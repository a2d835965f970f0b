namespace Hutch.Cli.Workers;

/// <summary>The module of the Python package for steps, for machines without the package.</summary>
internal static class PythonHelper
{
    private const string Name = "hutch_step.py";

    internal static string Read()
    {
        using Stream stream = typeof(PythonHelper).Assembly.GetManifestResourceStream(Name)!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}

namespace Hutch.Formats.Hdf5;

/// <summary>The command of a reader process: normally this very program with the verb <c>hdf5-reader</c>.</summary>
public sealed record ReaderCommand(string FileName, IReadOnlyList<string> Arguments)
{
    /// <summary>Starts this program again with other arguments, also when it was started through <c>dotnet program.dll</c>.</summary>
    public static ReaderCommand ThisProgram(params IReadOnlyList<string> arguments)
    {
        string executable = Environment.ProcessPath ?? throw new InvalidOperationException("The path of this program is unknown.");
        bool throughDotnet = Path.GetFileNameWithoutExtension(executable) == "dotnet";
        return new ReaderCommand(executable, throughDotnet ? [Environment.GetCommandLineArgs()[0], .. arguments] : arguments);
    }
}

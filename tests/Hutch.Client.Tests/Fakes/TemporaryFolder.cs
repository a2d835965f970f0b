namespace Hutch.Client.Tests.Fakes;

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    internal TemporaryFolder() => Path = Directory.CreateTempSubdirectory("hutch-test-").FullName;

    internal string Path { get; }

    internal string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);

    internal void Write(string name, string content)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(this[name])!);
        File.WriteAllText(this[name], content);
    }

    internal string Read(string name) => File.ReadAllText(this[name]);

    internal bool Has(string name) => File.Exists(this[name]) || Directory.Exists(this[name]) || new FileInfo(this[name]).LinkTarget is not null;
}

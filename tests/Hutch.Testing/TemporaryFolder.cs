namespace Hutch.Testing;

/// <summary>A folder for one test, which is deleted after it.</summary>
public sealed class TemporaryFolder : IDisposable
{
    /// <summary>The absolute path of the folder.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("hutch-test-").FullName;

    /// <summary>The path of a file or folder in it.</summary>
    public string this[params ReadOnlySpan<string> names] => System.IO.Path.Combine([Path, .. names]);

    /// <summary>Writes a file and creates the folders above it.</summary>
    public void Write(string name, string content)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(this[name])!);
        File.WriteAllText(this[name], content);
    }

    /// <summary>The text of a file.</summary>
    public string Read(string name) => File.ReadAllText(this[name]);

    /// <summary>Whether it has a file, a folder or a link of this name; a link may be broken.</summary>
    public bool Has(string name) => File.Exists(this[name]) || Directory.Exists(this[name]) || new FileInfo(this[name]).LinkTarget is not null;

    /// <summary>Deletes the folder.</summary>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}

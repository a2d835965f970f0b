using System.Runtime.CompilerServices;
using Hutch.Model.Annex;

namespace Hutch.DataLadClient.Stores;

/// <summary>Keys as files below <c>annex/objects</c>, whichever way their directories are spelt.</summary>
internal sealed class FolderKeys(string objects, Action<string> tell) : IKeySource
{
    private static readonly EnumerationOptions Plain = new()
    {
        AttributesToSkip = FileAttributes.ReparsePoint,
        IgnoreInaccessible = false,
    };

    private readonly Dictionary<string, string> _files = new(StringComparer.Ordinal);

    public Task<IReadOnlyCollection<string>> ListAsync(CancellationToken ct)
    {
        foreach (string folder in FoldersOfKeys())
        {
            ct.ThrowIfCancellationRequested();
            string key = Path.GetFileName(folder);
            string file = Path.Combine(folder, key);
            if (KeyName.Parse(key) is null || new FileInfo(file) is not { Exists: true, LinkTarget: null })
            {
                tell($"{Display.Quote(folder)} is not a key of git-annex.");
            }
            else
            {
                _files[key] = file;
            }
        }

        return Task.FromResult<IReadOnlyCollection<string>>(_files.Keys);
    }

    public async IAsyncEnumerable<KeyFile> ReadAsync(IReadOnlySet<string> keys, [EnumeratorCancellation] CancellationToken ct)
    {
        await Task.CompletedTask;
        foreach (string key in keys)
        {
            yield return new KeyFile(key, _files[key], IsCopy: false);
        }
    }

    private IEnumerable<string> FoldersOfKeys() => !Directory.Exists(objects)
        ? []
        : Directory.EnumerateDirectories(objects, "*", Plain)
            .SelectMany(static first => Directory.EnumerateDirectories(first, "*", Plain))
            .SelectMany(static second => Directory.EnumerateDirectories(second, "*", Plain));
}

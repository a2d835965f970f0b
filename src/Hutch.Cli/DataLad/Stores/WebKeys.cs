using System.Net;
using System.Runtime.CompilerServices;
using Hutch.DataLad.Annex;

namespace Hutch.Cli.DataLad.Stores;

/// <summary>Keys of a store behind a web server, which lists nothing: those of the branch git-annex are asked for.</summary>
internal sealed class WebKeys(HttpClient web, Uri dataset, IReadOnlyCollection<string> keys, string scratch, Action<string> tell)
    : IKeySource
{
    public Task<IReadOnlyCollection<string>> ListAsync(CancellationToken ct) => Task.FromResult(keys);

    public async IAsyncEnumerable<KeyFile> ReadAsync(IReadOnlySet<string> keys, [EnumeratorCancellation] CancellationToken ct)
    {
        foreach (string key in keys)
        {
            string path = Path.Combine(scratch, Guid.NewGuid().ToString("N"));
            if (await FetchAsync(HashDirectory.MixedOf(key), key, path, ct) || await FetchAsync(HashDirectory.LowerOf(key), key, path, ct))
            {
                yield return new KeyFile(key, path, IsCopy: true);
            }
        }
    }

    private async Task<bool> FetchAsync(string folder, string key, string path, CancellationToken ct)
    {
        string name = Uri.EscapeDataString(key);
        var address = new Uri($"{dataset}/annex/objects/{folder}/{name}/{name}");
        try
        {
            using HttpResponseMessage response = await web.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, ct);
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                return false;
            }

            response.EnsureSuccessStatusCode();
            await using FileStream file = new(path, FileMode.Create, FileAccess.Write);
            await response.Content.CopyToAsync(file, ct);
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            tell($"{address} cannot be read: {e.Message}");
            File.Delete(path);
            return false;
        }
    }
}

using System.Net;
using Hutch.Client.Push;
using Hutch.Client.Transfers;
using Hutch.Model;
using Microsoft.Win32.SafeHandles;

namespace Hutch.Client;

/// <summary>The content of keys of git-annex, at the door of DataLad.</summary>
public sealed partial class HutchClient
{
    private const int IdStartLength = 3;
    private const int CopyBytes = 256 << 10;

    /// <summary>The address of a dataset in the server's RIA store.</summary>
    public Uri RepositoryOf(DatasetId dataset)
    {
        string id = dataset.ToString();
        return new Uri(Remote, $"ria/{id[..IdStartLength]}/{id[IdStartLength..]}");
    }

    /// <summary>A small file of the repository of a dataset, such as <c>config</c>.</summary>
    public async Task<string> GetRepositoryFileAsync(DatasetId dataset, string name, CancellationToken ct = default)
    {
        using HttpResponseMessage response = await SendAsync(
            () => Request(HttpMethod.Get, $"{RepositoryOf(dataset)}/{name}"), repeatable: true, ct);
        return await response.Content.ReadAsStringAsync(ct);
    }

    /// <summary>Whether the server holds the content of a key for good.</summary>
    public async Task<bool> HasKeyAsync(DatasetId dataset, string key, CancellationToken ct = default)
    {
        try
        {
            using HttpResponseMessage response = await SendAsync(
                () => Request(HttpMethod.Head, KeyAddress(dataset, key)), repeatable: true, ct);
            return true;
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.NotFound)
        {
            return false;
        }
    }

    /// <summary>Sends the content of a key, again if need be: the server keeps it once, and only when it is what the key says.</summary>
    public async Task PutKeyAsync(DatasetId dataset, string key, string file, ITransferProgress progress, CancellationToken ct = default)
    {
        using SafeFileHandle handle = File.OpenHandle(file);
        long length = RandomAccess.GetLength(handle);
        using HttpResponseMessage response = await SendAsync(
            () =>
            {
                HttpRequestMessage request = Request(HttpMethod.Put, KeyAddress(dataset, key));
                request.Content = new HashingFileContent(handle, 0, length, null, progress);
                return request;
            },
            repeatable: true,
            ct);
    }

    /// <summary>Fetches the content of a key into a file; goes on where an earlier attempt ended.</summary>
    public async Task GetKeyAsync(DatasetId dataset, string key, string file, ITransferProgress progress, CancellationToken ct = default)
    {
        await using FileStream target = new(file, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, 1);
        long from = target.Length;
        using HttpResponseMessage response = await OpenKeyAsync(dataset, key, from, ct);
        target.SetLength(response.StatusCode == HttpStatusCode.PartialContent ? from : 0);
        target.Position = target.Length;
        await using Stream body = await response.Content.ReadAsStreamAsync(ct);
        byte[] buffer = new byte[CopyBytes];
        for (int read; (read = await body.ReadAsync(buffer, ct)) > 0;)
        {
            await target.WriteAsync(buffer.AsMemory(0, read), ct);
            progress.Add(0, read);
        }
    }

    private async Task<HttpResponseMessage> OpenKeyAsync(DatasetId dataset, string key, long from, CancellationToken ct)
    {
        try
        {
            return await SendAsync(
                () =>
                {
                    HttpRequestMessage request = Request(HttpMethod.Get, KeyAddress(dataset, key));
                    request.Headers.Range = from > 0 ? new System.Net.Http.Headers.RangeHeaderValue(from, null) : null;
                    return request;
                },
                repeatable: true,
                ct);
        }
        catch (HutchException e) when (from > 0 && e.Error.Code == ErrorCode.RangeNotSatisfiable)
        {
            // An earlier attempt brought all of it and was stopped before anybody looked whether it is right.
            return await OpenKeyAsync(dataset, key, 0, ct);
        }
    }

    private string KeyAddress(DatasetId dataset, string key) => $"{RepositoryOf(dataset)}/annex/objects/{Escape(key)}";
}

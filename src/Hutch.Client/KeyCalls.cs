using Hutch.Client.Push;
using Hutch.Client.Transfers;

namespace Hutch.Client;

/// <summary>The content of keys of git-annex, at the door of DataLad.</summary>
public static class KeyCalls
{
    private const int IdStartLength = 3;
    private const int CopyBytes = 256 << 10;

    /// <summary>Content of this size and more is sent in parts, so that an interrupted upload can resume.</summary>
    private const long InPartsBytes = 64 << 20;

    private const long PartBytes = 1L << 30;

    extension(HutchClient client)
    {
        /// <summary>The address of a dataset in the server's RIA store.</summary>
        public Uri RepositoryOf(DatasetId dataset)
        {
            string id = dataset.ToString();
            return new Uri(client.Remote, $"ria/{id[..IdStartLength]}/{id[IdStartLength..]}");
        }

        public async Task<string> GetRepositoryFileAsync(DatasetId dataset, string name, CancellationToken ct = default)
        {
            using HttpResponseMessage response = await client.SendAsync(
                () => new HttpRequestMessage(HttpMethod.Get, $"{client.RepositoryOf(dataset)}/{name}"), repeatable: true, ct);
            return await response.Content.ReadAsStringAsync(ct);
        }

        /// <summary>Returns true if the server retains the content of a key permanently.</summary>
        public async Task<bool> HasKeyAsync(DatasetId dataset, string key, CancellationToken ct = default)
        {
            try
            {
                using HttpResponseMessage response = await client.SendAsync(
                    () => new HttpRequestMessage(HttpMethod.Head, client.KeyAddress(dataset, key)), repeatable: true, ct);
                return true;
            }
            catch (HutchException e) when (e.Error.Code == ErrorCode.NotFound)
            {
                return false;
            }
        }

        /// <summary>
        /// Sends the content of a key, again if need be: the server keeps it once, and only when it is what the key says.
        /// </summary>
        public async Task PutKeyAsync(
            DatasetId dataset, string key, string file, ITransferProgress progress, CancellationToken ct = default)
        {
            using SafeFileHandle handle = File.OpenHandle(file);
            long length = RandomAccess.GetLength(handle);
            if (length >= InPartsBytes)
            {
                await client.PutKeyInPartsAsync(client.KeyAddress(dataset, key), handle, length, progress, ct);
                return;
            }

            using HttpResponseMessage response = await client.SendAsync(
                () =>
                {
                    var request = new HttpRequestMessage(HttpMethod.Put, client.KeyAddress(dataset, key));
                    request.Content = new HashingFileContent(handle, 0, length, null, progress);
                    return request;
                },
                repeatable: true,
                ct);
        }

        /// <summary>Sends a large key from where the server says that an earlier attempt has come, of this program or another.</summary>
        private async Task PutKeyInPartsAsync(
            string address, SafeFileHandle file, long length, ITransferProgress progress, CancellationToken ct)
        {
            long reached = await ReachAsync(0, 0);
            progress.Add(0, reached);
            while (reached < length)
            {
                long part = Math.Min(PartBytes, length - reached);
                long next = await ReachAsync(reached, part);
                reached = next > reached
                    ? next : throw ErrorCode.Conflict.With($"The server does not continue at byte {reached}.").ToException();
            }

            async Task<long> ReachAsync(long from, long count)
            {
                // A part that is sent again, as its answer was lost, is refused: the next attempt of git-annex asks where to go on.
                using HttpResponseMessage response = await client.SendAsync(
                    () =>
                    {
                        var request = new HttpRequestMessage(HttpMethod.Put, address);
                        request.Content = new HashingFileContent(file, from, count, null, progress);
                        request.Content.Headers.ContentRange = count == 0
                            ? new System.Net.Http.Headers.ContentRangeHeaderValue(length)
                            : new System.Net.Http.Headers.ContentRangeHeaderValue(from, from + count - 1, length);
                        return request;
                    },
                    repeatable: count == 0,
                    ct);
                return response.Headers.TryGetValues("Hutch-Offset", out IEnumerable<string>? said)
                    ? long.Parse(said.First(), System.Globalization.CultureInfo.InvariantCulture)
                    : length;
            }
        }

        /// <summary>Downloads the content of a key into a file; resumes an earlier attempt.</summary>
        public async Task GetKeyAsync(
            DatasetId dataset, string key, string file, ITransferProgress progress, CancellationToken ct = default)
        {
            await using FileStream target = new(file, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None, 1);
            long from = target.Length;
            using HttpResponseMessage response = await client.OpenKeyAsync(dataset, key, from, ct);
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
                return await client.SendAsync(
                    () =>
                    {
                        var request = new HttpRequestMessage(HttpMethod.Get, client.KeyAddress(dataset, key));
                        request.Headers.Range = from > 0 ? new System.Net.Http.Headers.RangeHeaderValue(from, null) : null;
                        return request;
                    },
                    repeatable: true,
                    ct);
            }
            catch (HutchException e) when (from > 0 && e.Error.Code == ErrorCode.RangeNotSatisfiable)
            {
                // An earlier attempt brought all of it and was stopped before anybody looked whether it is right.
                return await client.OpenKeyAsync(dataset, key, 0, ct);
            }
        }

        private string KeyAddress(DatasetId dataset, string key) =>
            $"{client.RepositoryOf(dataset)}/annex/objects/{Uri.EscapeDataString(key)}";
    }
}

using System.Net.Http.Headers;
using Hutch.Client.Http;

namespace Hutch.Client;

/// <summary>Entries of a dataset: list, read, write.</summary>
public static class FileCalls
{
    extension(HutchClient client)
    {
        /// <summary>
        /// All entries of a fixed version, in byte order of their paths. The head is fixed first when <paramref name="at"/> is null.
        /// </summary>
        public Task<FixedListing<EntryInfo>> ListFilesAsync(
            DatasetId id, string? at, string? prefix = null, CancellationToken ct = default) =>
            client.OpenListingAsync(RestCalls.Streams.ListFiles.At(id).With("at", at).With("prefix", prefix), ct);

        public Task<TreeListing> ListTreeAsync(
            DatasetId id, string? at, string? prefix, string? delimiter, string? after, int? limit, string? contains = null,
            CancellationToken ct = default) =>
            client.CallAsync(
                RestCalls.Entries.List.At(id)
                    .With("at", at).With("prefix", prefix).With("delimiter", delimiter).With("contains", contains).With("after", after)
                    .With("limit", limit),
                ct);

        /// <summary>
        /// All items of a listing after a path, as the server's lines of <see cref="EntryInfo"/>. Dispose it when done.
        /// </summary>
        public async Task<LineBlocks> OpenTreeLinesAsync(
            DatasetId id, string? at, string? prefix, string? delimiter, string? after, CancellationToken ct = default)
        {
            HttpResponseMessage response = await client.OpenAsync(
                RestCalls.Entries.ListLines.At(id)
                    .With("at", at).With("prefix", prefix).With("delimiter", delimiter).With("after", after),
                ct);
            return new LineBlocks(response, await response.Content.ReadAsStreamAsync(ct));
        }

        /// <summary>Asks for many blobs of a version at once. The body is a tar stream, in the order asked for.</summary>
        public Task<HttpResponseMessage> FetchAsync(
            DatasetId id, string at, IReadOnlyList<WantedFile> files, CancellationToken ct = default) =>
            client.OpenAsync(
                RestCalls.Streams.Fetch.At(id).With("at", at),
                request => request.Content = LineContent.From(files, HutchJson.Default.WantedFile),
                ct);

        /// <summary>Opens a file of a version from a byte on. The body has exactly the bytes from there to the end.</summary>
        public Task<HttpResponseMessage> OpenEntryAsync(
            DatasetId id, string? at, string path, long offset, CancellationToken ct = default) =>
            client.OpenAsync(id, at, path, offset > 0 ? new RangeHeaderValue(offset, null) : null, hash: null, ct);

        /// <summary>
        /// Opens a part of a file. The body has exactly these bytes. If the file has another hash by now, throws
        /// <see cref="ErrorCode.PreconditionFailed"/>.
        /// </summary>
        /// <param name="hash">The hash that the file must have; null for any.</param>
        /// <param name="length">The number of bytes, at least 1. The part must not go past the end of the file.</param>
        public Task<HttpResponseMessage> OpenRangeAsync(
            DatasetId id, string? at, string path, BlobHash? hash, long offset, long length, CancellationToken ct = default) =>
            client.OpenAsync(id, at, path, new RangeHeaderValue(offset, offset + length - 1), hash, ct);

        /// <summary>The hash of a file of a version, without its bytes; null when there is no such file.</summary>
        public async Task<BlobHash?> GetEntryHashAsync(DatasetId id, string? at, string path, CancellationToken ct = default)
        {
            try
            {
                using HttpResponseMessage response = await client.OpenAsync(
                    RestCalls.Entries.ReadHeaders.At(id, path).With("at", at), ct);
                return BlobHash.TryParse(response.Headers.ETag?.Tag.Trim('"'), out BlobHash hash) ? hash : null;
            }
            catch (HutchException e) when (e.Error.Code.Status == (int)HttpStatusCode.NotFound)
            {
                return null;
            }
        }

        /// <summary>
        /// Stores a file; returns when it is durable. Idempotent, and retried automatically: the bytes are named by their hash.
        /// </summary>
        /// <param name="hash">Their SHA-256, which the server checks; null to leave it to the server.</param>
        /// <param name="onlyIfNew">Whether a file that is there already is left alone: <see cref="ErrorCode.PreconditionFailed"/>.</param>
        public Task PutEntryAsync(
            DatasetId id,
            string path,
            ReadOnlyMemory<byte> content,
            BlobHash? hash = null,
            string? contentType = null,
            IReadOnlyDictionary<string, string>? metadata = null,
            bool onlyIfNew = false,
            CancellationToken ct = default) =>
            client.DoAsync(
                RestCalls.Entries.Put.At(id, path),
                request =>
                {
                    request.Content = new ReadOnlyMemoryContent(content);
                    request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType ?? "application/octet-stream");
                    if (hash is { } known)
                    {
                        request.Headers.TryAddWithoutValidation(HutchHeaders.ReprDigest, Digest.Write(known));
                    }

                    if (onlyIfNew)
                    {
                        request.Headers.TryAddWithoutValidation("If-None-Match", "*");
                    }

                    foreach ((string name, string value) in metadata ?? new Dictionary<string, string>())
                    {
                        request.Headers.TryAddWithoutValidation(HutchHeaders.MetadataPrefix + name, value);
                    }
                },
                ct);

        public Task DeleteEntryAsync(DatasetId id, string path, CancellationToken ct = default) =>
            client.DoAsync(RestCalls.Entries.Remove.At(id, path), ct);

        private async Task<HttpResponseMessage> OpenAsync(
            DatasetId id, string? at, string path, RangeHeaderValue? range, BlobHash? hash, CancellationToken ct)
        {
            HttpResponseMessage response = await client.OpenAsync(
                RestCalls.Entries.Read.At(id, path).With("at", at),
                request =>
                {
                    request.Headers.Range = range;
                    if (hash is { } wanted)
                    {
                        request.Headers.IfMatch.Add(new EntityTagHeaderValue($"\"{wanted}\""));
                    }
                },
                ct);
            if (range?.Ranges.Single() is { } asked && !IsRange(response, asked))
            {
                response.Dispose();
                throw new BadAnswerException($"The server sent the wrong range of {path}, which was requested from byte {asked.From}.");
            }

            return response;
        }

        internal async Task<FixedListing<T>> OpenListingAsync<T>(BoundCall<RestLines<T>> call, CancellationToken ct)
        {
            HttpResponseMessage response = await client.OpenAsync(call, ct);
            string? header = response.Headers.TryGetValues(HutchHeaders.Snapshot, out IEnumerable<string>? values) ? values.First() : null;
            long? snapshot = long.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number > 0
                ? number
                : null;
            return new FixedListing<T>(response, snapshot, client.ReadLinesAsync(response, call.Call.Answer, ct));
        }

        internal async IAsyncEnumerable<T> ReadLinesAsync<T>(
            HttpResponseMessage response, JsonTypeInfo<T> type,
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
        {
            await using Stream body = await response.Content.ReadAsStreamAsync(ct);
            await foreach (T line in client.Shielded(LineReader.ReadAsync(body, type, ct)))
            {
                yield return line;
            }
        }
    }

    private static bool IsRange(HttpResponseMessage response, RangeItemHeaderValue asked) =>
        response.StatusCode == HttpStatusCode.PartialContent
        && response.Content.Headers.ContentRange is { } sent && sent.From == asked.From && (asked.To is null || sent.To == asked.To);
}

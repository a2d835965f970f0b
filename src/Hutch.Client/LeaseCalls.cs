namespace Hutch.Client;

/// <summary>Work for workers: leases of frames.</summary>
public static class LeaseCalls
{
    extension(HutchClient client)
    {
        /// <summary>Takes frames of a run to analyse; waits until there are some, as long as it says.</summary>
        public Task<TakenFrames> LeaseFramesAsync(TakeWork wanted, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Work.Lease.At(), wanted, ct);

        public Task LeaveWorkAsync(string worker, CancellationToken ct = default) =>
            client.DoAsync(RestCalls.Work.Leave.At(), new LeaveWork { Worker = worker }, ct);

        public Task<LostLeases> ExtendLeasesAsync(IReadOnlyList<string> leases, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Work.Extend.At(), new ExtendLeases { Leases = leases }, ct);

        /// <summary>Reads the stored bytes of a frame of a lease into memory of their size, and checks them.</summary>
        public async Task ReadLeasedFrameAsync(string lease, LeasedFrame frame, Memory<byte> into, CancellationToken ct = default)
        {
            ArgumentNullException.ThrowIfNull(frame);
            using HttpResponseMessage response = await client.OpenAsync(RestCalls.Work.ReadFrame.At(lease, frame.Number), ct);
            await client.ReadWholeAsync(response, into, ct);
            if (BlobHash.Compute(into.Span) != frame.Hash)
            {
                throw new BadAnswerException($"{client.Remote} sent other bytes than those of frame {frame.Number}.");
            }
        }

        /// <summary>Reads an entry next to the frames of a lease; null when there is none.</summary>
        public async Task<Result<byte[]?>> ReadLeasedEntryAsync(string lease, string path, int maxBytes, CancellationToken ct = default)
        {
            try
            {
                using HttpResponseMessage response = await client.OpenAsync(RestCalls.Work.ReadEntry.At(lease, path), ct);
                long size = response.Content.Headers.ContentLength
                    ?? throw new BadAnswerException($"{client.Remote} did not say how long it is.");
                if (size > maxBytes)
                {
                    return ErrorCode.TooLarge.With($"'{path}' has {size} bytes; the limit is {maxBytes}.");
                }

                byte[] bytes = new byte[size];
                await client.ReadWholeAsync(response, bytes, ct);
                return bytes;
            }
            catch (HutchException e) when (e.Error.Details?.GetValueOrDefault("missing") == "entry")
            {
                return (byte[]?)null;
            }
        }

        /// <summary>Stores a file made of a leased frame with the rows. Returns when it is durable.</summary>
        public Task PutLeasedFileAsync(
            string lease, string path, string mediaType, ReadOnlyMemory<byte> content, CancellationToken ct = default) =>
            client.DoAsync(
                RestCalls.Work.PutFile.At(lease, path),
                request => request.Content = new ReadOnlyMemoryContent(content) { Headers = { ContentType = new(mediaType) } },
                ct);

        /// <summary>Gives rows of a lease, each as the step wrote it. When it returns, they are durable.</summary>
        public Task GiveRowsAsync(string lease, GiveRows rows, CancellationToken ct = default) =>
            client.DoAsync(RestCalls.Work.GiveRows.At(lease), rows, ct);

        /// <summary>Gives back the frames of a lease that have no row.</summary>
        public Task ReturnLeaseAsync(string lease, CancellationToken ct = default) =>
            client.DoAsync(RestCalls.Work.Return.At(lease), ct);

        public Task FailRunAsync(string lease, string message, CancellationToken ct = default) =>
            client.DoAsync(RestCalls.Work.Refuse.At(lease), new RefuseWork { Message = message }, ct);

        private async Task ReadWholeAsync(HttpResponseMessage response, Memory<byte> into, CancellationToken ct)
        {
            try
            {
                await using Stream body = await response.Content.ReadAsStreamAsync(ct);
                await body.ReadExactlyAsync(into, ct);
            }
            catch (Exception e) when (Transport.IsBroken(e))
            {
                throw new ServerUnreachableException(client.Remote, e);
            }
        }
    }
}

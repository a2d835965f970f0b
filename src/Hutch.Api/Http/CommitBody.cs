using System.Runtime.CompilerServices;
using Hutch.Api.Documents;
using Hutch.Site.Write.Pushes;

namespace Hutch.Api.Http;

/// <summary>The body of a commit: a line with what all changes have in common, then a line for each. For one reading.</summary>
internal sealed class CommitBody(PipeReader body, ApiOptions options) : IAsyncDisposable
{
    /// <summary>Whatever their number: a portion is in memory while it is read and applied.</summary>
    private const int MaxPortionBytes = 16 << 20;

    private long _bytes;
    private bool _isEnded;
    private IAsyncEnumerator<ReadOnlySequence<byte>>? _lines;

    public async Task<Result<CommitHeader>> ReadHeaderAsync(CancellationToken ct)
    {
        _lines = LineBody.ReadRawAsync(body, options.MaxLineBytes, ct).GetAsyncEnumerator(ct);
        if (!await _lines.MoveNextAsync())
        {
            return Announced(0, 0);
        }

        return IsTooLong() ? TooLong() : JsonBody.Parse(_lines.Current, HutchJson.Default.CommitHeader, "The first line");
    }

    /// <summary>
    /// Reads the changes in portions, until one is refused or the last has come. The last portion is given out only when there are as many
    /// as the header announced, so that a body that was cut never passes for a whole one.
    /// </summary>
    public async IAsyncEnumerable<Result<IReadOnlyList<TreeChange>>> ReadPortionsAsync(
        CommitHeader header, [EnumeratorCancellation] CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        long number = 0;
        while (true)
        {
            Result<IReadOnlyList<TreeChange>> portion = await ReadPortionAsync(header, number);
            bool isLast = !portion.IsOk || _isEnded;
            number += portion.IsOk ? portion.Value.Count : 0;
            if (isLast && portion.IsOk && number != header.Changes)
            {
                yield return Announced(header.Changes, number);
                yield break;
            }

            yield return portion;
            if (isLast)
            {
                yield break;
            }
        }
    }

    public ValueTask DisposeAsync() => _lines?.DisposeAsync() ?? default;

    private async Task<Result<IReadOnlyList<TreeChange>>> ReadPortionAsync(CommitHeader header, long before)
    {
        var changes = new List<TreeChange>();
        var paths = new HashSet<DatasetPath>();
        long begun = _bytes;
        while (changes.Count < PushCommit.PortionChanges && _bytes - begun < MaxPortionBytes)
        {
            if (!await _lines!.MoveNextAsync())
            {
                _isEnded = true;
                break;
            }

            if (IsTooLong())
            {
                return TooLong();
            }

            if (before + changes.Count == header.Changes)
            {
                return ErrorCode.InvalidBody.With(
                    $"The first line announces {header.Changes} changes, but there are more. Nothing was changed; send the commit again.");
            }

            long line = before + changes.Count + 2;
            CommitChange change = JsonBody.Parse(_lines.Current, HutchJson.Default.CommitChange, $"Line {line}");
            if (!EntryDocuments.Read(change).TryGet(out TreeChange read, out HutchError? refusal))
            {
                return refusal;
            }

            if (!paths.Add(read.Path))
            {
                return ErrorCode.InvalidBody.With(
                    $"Line {line} changes {Display.Quote(read.Path.Value)}, which another line changes too. Send one change per path.");
            }

            changes.Add(read);
        }

        return changes;
    }

    private bool IsTooLong() => (_bytes += _lines!.Current.Length) > options.MaxCommitBytes;

    private HutchError TooLong() => ErrorCode.TooLarge.With(
        $"The changes exceed {options.MaxCommitBytes} bytes of JSON, the limit for one push. Push in parts; uploaded files are kept.");

    private static HutchError Announced(long announced, long came) => ErrorCode.InvalidBody.With(
        $"The first line announces {announced} changes, but there are {came}. Nothing was changed; send the commit again.");
}

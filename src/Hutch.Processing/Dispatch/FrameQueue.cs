using System.Collections;

namespace Hutch.Processing.Dispatch;

/// <summary>Frames that wait for their first worker: decides which is next, and which are dropped when the queue is full.</summary>
internal sealed class FrameQueue(LagPolicy policy) : IReadOnlyCollection<FrameWork>
{
    private readonly LinkedList<FrameWork> _frames = [];

    public int Count => _frames.Count;

    /// <summary>The frame that came first; null for none.</summary>
    public FrameWork? Oldest => _frames.First?.Value;

    public void Add(FrameWork frame) => _frames.AddLast(frame);

    /// <summary>Takes the next frame: the oldest, or the newest if the run wants that.</summary>
    public FrameWork Take()
    {
        LinkedListNode<FrameWork> next = (policy.IsNewest ? _frames.Last : _frames.First)
            ?? throw new InvalidOperationException("No frame waits.");
        _frames.Remove(next);
        return next.Value;
    }

    /// <summary>
    /// Removes the frames that the run can skip, to make room for others: the oldest, or all but every n-th. None if it wants all.
    /// </summary>
    public IReadOnlyList<FrameWork> LetGo()
    {
        if (!policy.MaySkip)
        {
            return [];
        }

        var gone = new List<FrameWork>();
        for (LinkedListNode<FrameWork>? node = _frames.First, next; node is not null && !(policy.IsNewest && gone.Count == 1); node = next)
        {
            next = node.Next;
            if (!policy.AlwaysAnalyses(node.Value.Frame.Number))
            {
                gone.Add(node.Value);
                _frames.Remove(node);
            }
        }

        return gone;
    }

    public IEnumerator<FrameWork> GetEnumerator() => _frames.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

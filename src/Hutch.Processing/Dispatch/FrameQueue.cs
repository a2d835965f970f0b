using System.Collections;
using Hutch.Model.Analyses;

namespace Hutch.Processing.Dispatch;

/// <summary>Frames that wait for their first worker: which is taken next, and which are let go when there is no more room.</summary>
/// <param name="policy">What the run wants.</param>
internal sealed class FrameQueue(LagPolicy policy) : IReadOnlyCollection<FrameWork>
{
    private readonly LinkedList<FrameWork> _frames = [];

    public int Count => _frames.Count;

    /// <summary>The one that came first; null when none waits.</summary>
    public FrameWork? Oldest => _frames.First?.Value;

    public void Add(FrameWork frame) => _frames.AddLast(frame);

    /// <summary>Takes the next one: the oldest, or the newest if that is what the run wants.</summary>
    public FrameWork Take()
    {
        LinkedListNode<FrameWork> next = (policy.IsNewest ? _frames.Last : _frames.First)
            ?? throw new InvalidOperationException("No frame waits.");
        _frames.Remove(next);
        return next.Value;
    }

    /// <summary>
    /// Takes out what the run does without, so that others have room: the oldest, or all but every n-th. Nothing if it wants all.
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
            if (!policy.Spares(node.Value.Frame.Number))
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

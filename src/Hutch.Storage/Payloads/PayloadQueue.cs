using System.Diagnostics.CodeAnalysis;

namespace Hutch.Storage.Payloads;

/// <summary>Requests that wait for memory: owners in rotation, each owner's requests in order. The caller holds the lock.</summary>
internal sealed class PayloadQueue
{
    private readonly LinkedList<string> _turns = new();
    private readonly Dictionary<string, LinkedList<PayloadRequest>> _byOwner = new(StringComparer.Ordinal);

    public int Count { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>The first request of each owner, in the order of their turns.</summary>
    public IEnumerable<PayloadRequest> Heads => _turns.Select(owner => _byOwner[owner].First!.Value);

    public bool Has(string owner) => _byOwner.ContainsKey(owner);

    public void Add(PayloadRequest request)
    {
        if (!_byOwner.TryGetValue(request.Owner, out LinkedList<PayloadRequest>? line))
        {
            _byOwner[request.Owner] = line = new LinkedList<PayloadRequest>();
            _turns.AddLast(request.Owner);
        }

        line.AddLast(request);
        Count++;
        Bytes += request.Counted;
    }

    public bool Remove(PayloadRequest request)
    {
        if (!_byOwner.TryGetValue(request.Owner, out LinkedList<PayloadRequest>? line) || !line.Remove(request))
        {
            return false;
        }

        Leave(request, line);
        return true;
    }

    /// <summary>
    /// Takes the first request of the next owner below its limit; later requests do not overtake it while it does not fit.
    /// </summary>
    public bool TryTake(
        Func<PayloadRequest, bool> mayHaveMore, Func<PayloadRequest, bool> fits, [NotNullWhen(true)] out PayloadRequest? taken)
    {
        taken = Heads.FirstOrDefault(mayHaveMore);
        if (taken is null || !fits(taken))
        {
            taken = null;
            return false;
        }

        LinkedList<PayloadRequest> line = _byOwner[taken.Owner];
        line.RemoveFirst();
        _turns.Remove(taken.Owner);
        _turns.AddLast(taken.Owner);
        Leave(taken, line);
        return true;
    }

    private void Leave(PayloadRequest request, LinkedList<PayloadRequest> line)
    {
        Count--;
        Bytes -= request.Counted;
        if (line.Count == 0)
        {
            _byOwner.Remove(request.Owner);
            _turns.Remove(request.Owner);
        }
    }
}

namespace Hutch.Federation.Reading;

/// <summary>
/// Says which files may come into the cache now. What comes takes room that nothing else can have until it is whole, so a few large files,
/// or one slow home, must not take all of it. Thread-safe.
/// </summary>
internal sealed class ReadAdmission(int slots)
{
    /// <summary>The most small files of a home that come at a time, and the most large ones.</summary>
    internal const int MaxAtOnce = 8;

    private readonly Lock _gate = new();
    private readonly LinkedList<Slot> _waiting = [];
    private readonly HashSet<Slot> _taken = [];

    /// <summary>Slots of the largest file that can come at all.</summary>
    public int MostSlots => slots / 2;

    /// <summary>
    /// Waits for a turn, which ends when it is disposed. Small files and large ones wait apart, each in the order in which they were asked
    /// for; only a home that has enough under way is passed over.
    /// </summary>
    public async Task<IDisposable> AdmitAsync(string home, int wanted, CancellationToken ct)
    {
        var slot = new Slot(this, home, wanted, isLarge: wanted > Math.Max(1, slots / 128));
        lock (_gate)
        {
            _waiting.AddLast(slot);
            Admit();
        }

        try
        {
            await slot.Came.Task.WaitAsync(ct);
            return slot;
        }
        catch
        {
            slot.Dispose();
            throw;
        }
    }

    private void End(Slot slot)
    {
        lock (_gate)
        {
            _waiting.Remove(slot);
            _taken.Remove(slot);
            Admit();
        }
    }

    private void Admit()
    {
        var heldBack = new HashSet<(string? Home, bool IsLarge)>();
        for (LinkedListNode<Slot>? node = _waiting.First; node is not null && heldBack.Count(static one => one.Home is null) < 2;)
        {
            (Slot slot, LinkedListNode<Slot> seen) = (node.Value, node);
            node = node.Next;
            (string? Home, bool IsLarge) all = (null, slot.IsLarge);
            (string? Home, bool IsLarge) own = (slot.Home, slot.IsLarge);
            if (heldBack.Contains(all) || heldBack.Contains(own))
            {
                continue;
            }

            if (IsShareTaken(slot))
            {
                heldBack.Add(own);
            }
            else if (IsSpaceTaken(slot))
            {
                heldBack.Add(all);
            }
            else
            {
                _waiting.Remove(seen);
                _taken.Add(slot);
                slot.Came.SetResult();
            }
        }
    }

    /// <summary>A home has a number of files at a time, and of the room no more than the largest file needs.</summary>
    private bool IsShareTaken(Slot slot)
    {
        Slot[] own = [.. _taken.Where(one => one.IsLarge == slot.IsLarge && one.Home == slot.Home)];
        return own.Length >= MaxAtOnce || own.Sum(static one => one.Slots) + slot.Slots > MostSlots;
    }

    /// <summary>A quarter is for small files: eight of them are a sixteenth, so it has room for several homes.</summary>
    private bool IsSpaceTaken(Slot slot)
    {
        int small = Math.Max(1, slots / 4);
        return _taken.Where(one => one.IsLarge == slot.IsLarge).Sum(static one => one.Slots) + slot.Slots
            > (slot.IsLarge ? slots - small : small);
    }

    private sealed class Slot(ReadAdmission turns, string home, int slots, bool isLarge) : IDisposable
    {
        public string Home => home;

        public int Slots => slots;

        public bool IsLarge => isLarge;

        public TaskCompletionSource Came { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Dispose() => turns.End(this);
    }
}

namespace Hutch.Mount.Trees;

/// <summary>The nodes that the kernel knows, until it forgets them. Thread-safe.</summary>
internal sealed class NodeTable
{
    /// <summary>The number of the top folder (FUSE_ROOT_ID).</summary>
    internal const ulong TopId = 1;

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, Node> _byId = [];
    private readonly Dictionary<(ulong Parent, string Name), Node> _byName = [];
    private ulong _lastId = TopId;

    internal NodeTable() => _byId[TopId] = new Node(TopId, parent: null, "", EntryFacts.Folder);

    internal int Count
    {
        get
        {
            lock (_gate)
            {
                return _byId.Count;
            }
        }
    }

    internal Node? Find(ulong id)
    {
        lock (_gate)
        {
            return _byId.GetValueOrDefault(id);
        }
    }

    /// <summary>Returns the node of a name with this content, and counts a lookup.</summary>
    internal Node LookUp(Node parent, string name, in EntryFacts facts)
    {
        lock (_gate)
        {
            if (!_byName.TryGetValue((parent.Id, name), out Node? node) || node.Facts != facts)
            {
                node = new Node(++_lastId, parent, name, facts);
                _byId.Add(node.Id, node);
                _byName[(parent.Id, name)] = node;
            }

            node.Lookups++;
            return node;
        }
    }

    /// <summary>Takes lookups back; a node without any is gone.</summary>
    internal void Forget(ulong id, ulong lookups)
    {
        lock (_gate)
        {
            if (id == TopId || !_byId.TryGetValue(id, out Node? node))
            {
                return;
            }

            node.Lookups -= Math.Min(lookups, node.Lookups);
            if (node.Lookups > 0)
            {
                return;
            }

            _byId.Remove(id);
            if (_byName.GetValueOrDefault((node.Parent!.Id, node.Name)) == node)
            {
                _byName.Remove((node.Parent.Id, node.Name));
            }
        }
    }
}

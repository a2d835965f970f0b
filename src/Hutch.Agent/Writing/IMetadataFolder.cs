namespace Hutch.Agent.Writing;

/// <summary>
/// The folder of a dataset, as far as the agent writes into it. A seam, so that a test can stop it at every call and let others write in
/// between; <see cref="MetadataFolder"/> is the real one. Names are names in the folder. Failures are <see cref="IOException"/>.
/// </summary>
public interface IMetadataFolder : IDisposable
{
    string Path { get; }

    /// <summary>The bytes of a file, at most one more than the limit; null when there is none or it is no regular file.</summary>
    byte[]? Read(string name, int maxBytes);

    IReadOnlyList<string> Names(string prefix);

    /// <summary>Makes a file with mode, owner and access rights of another; false, with nothing made, when it cannot have them.</summary>
    bool TryMakeLike(string name, ReadOnlySpan<byte> bytes, string model);

    /// <summary>Makes a file with a mode; false, with nothing made, where others would get more rights than that.</summary>
    bool TryMake(string name, ReadOnlySpan<byte> bytes, int mode);

    /// <summary>Lets two names change places at once; false where the file system cannot.</summary>
    bool TryExchange(string name, string other);

    /// <summary>Renames a file of the agent's own; false when the new name is taken.</summary>
    bool TryRenameNew(string name, string newName);

    void Replace(string name, string other);

    void Delete(string name);

    /// <summary>Makes the names durable.</summary>
    void Sync();
}

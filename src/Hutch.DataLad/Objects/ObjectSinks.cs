namespace Hutch.DataLad.Objects;

/// <summary>Names objects and gives them to a sink that wants them.</summary>
internal static class ObjectSinks
{
    public static ObjectId TakeBlob(this IObjectSink sink, ReadOnlySpan<byte> content) => sink.TakeObject(ObjectKind.Blob, content);

    public static ObjectId TakeCommit(this IObjectSink sink, CommitText commit) => sink.TakeObject(ObjectKind.Commit, commit.ToBytes());

    private static ObjectId TakeObject(this IObjectSink sink, ObjectKind kind, ReadOnlySpan<byte> content)
    {
        var id = ObjectId.Of(kind, content);
        if (sink.Wants(id))
        {
            sink.Take(kind, id, content);
        }

        return id;
    }
}

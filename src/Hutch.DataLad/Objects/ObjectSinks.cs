namespace Hutch.DataLad.Objects;

internal static class ObjectSinks
{
    public static ObjectId WriteBlob(this IObjectSink sink, ReadOnlySpan<byte> content) => sink.WriteObject(ObjectKind.Blob, content);

    public static ObjectId WriteCommit(this IObjectSink sink, CommitText commit) => sink.WriteObject(ObjectKind.Commit, commit.ToBytes());

    private static ObjectId WriteObject(this IObjectSink sink, ObjectKind kind, ReadOnlySpan<byte> content)
    {
        var id = ObjectId.Compute(kind, content);
        if (sink.Needs(id))
        {
            sink.Write(kind, id, content);
        }

        return id;
    }
}

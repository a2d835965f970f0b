using System.Runtime.CompilerServices;
using System.Text;
using Hutch.S3.Operations;
using Hutch.Testing;

namespace Hutch.S3.Tests.Operations;

/// <summary>Writes docs/reference/s3.md from the table of operations. HUTCH_UPDATE_SNAPSHOTS=1 writes it anew.</summary>
public sealed class OperationPageTests
{
    [Fact]
    public void The_reference_page_is_what_the_table_says()
    {
        var page = new StringBuilder();
        page.Append("# S3 operations\n\nA test writes this page from the table of operations. For how to use S3, see [s3.md](../s3.md).\n");
        page.Append("Errors are S3's XML with a code, a message and a request id; `x-amz-request-id` has the same id.\n");
        foreach (OperationScope scope in Enum.GetValues<OperationScope>())
        {
            page.Append($"\n## {scope}s\n\n");
            foreach (S3Operation operation in OperationTable.Create().All.Where(one => one.Scope == scope && one.Run is not null))
            {
                page.Append(Markdown.Item($"**{operation.Name}** `{operation.Method}{Mark(operation)}`{(operation.Note.Length == 0 ? "" : ": " + Markdown.Sentence(operation.Note))}"));
            }
        }

        page.Append("\n## Not implemented\n\nEach item has the operations and the reason, or an alternative.\n\n");
        foreach (IGrouping<string, S3Operation> reason in OperationTable.Create().All.Where(one => one.Run is null).GroupBy(one => one.Note))
        {
            page.Append(Markdown.Item($"{string.Join(", ", reason.Select(one => one.Name))}: {Markdown.Sentence(reason.Key)}"));
        }

        page.Append("\nThese operations answer `NotImplemented`. So do headers that ask for keys of clients or of key services, locks, ACLs of\n");
        page.Append("objects, redirects or appends. A storage class other than `STANDARD` answers `InvalidStorageClass`. Ignoring them\n");
        page.Append("would be a false success.\n");
        Check(page.ToString());
    }

    private static string Mark(S3Operation operation) => operation.Mark is null ? "" : " ?" + operation.Mark.Replace("&header:", " + ").Replace("header:", "+ ").Replace("?+", "+");

    private static void Check(string page, [CallerFilePath] string caller = "")
    {
        string path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(caller)!, "../../../docs/reference/s3.md"));
        if (Environment.GetEnvironmentVariable("HUTCH_UPDATE_SNAPSHOTS") == "1")
        {
            File.WriteAllText(path, page);
        }

        Assert.Equal(File.Exists(path) ? File.ReadAllText(path) : "", page);
    }
}

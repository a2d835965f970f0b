using System.Runtime.CompilerServices;
using System.Text;
using Hutch.S3.Operations;

namespace Hutch.S3.Tests.Operations;

/// <summary>Writes docs/reference/s3.md from the table of operations. HUTCH_UPDATE_SNAPSHOTS=1 writes it anew.</summary>
public sealed class OperationPageTests
{
    [Fact]
    public void The_reference_page_is_what_the_table_says()
    {
        var page = new StringBuilder();
        page.Append("# Operations of the S3 door\n\nWritten from the table of operations by a test. How to use the door: [s3.md](../s3.md).\n");
        page.Append("Each refusal is S3's XML with its code, a message for people and a request id; `x-amz-request-id` has the same id.\n");
        foreach (OperationScope scope in Enum.GetValues<OperationScope>())
        {
            page.Append($"\n## {scope}s\n\n| operation | request | |\n|---|---|---|\n");
            foreach (Operation operation in OperationTable.Create().All.Where(one => one.Scope == scope && one.Run is not null))
            {
                page.Append($"| {operation.Name} | `{operation.Method}{Mark(operation)}` | {operation.Note} |\n");
            }
        }

        page.Append("\n## What answers NotImplemented\n\n| operation | because |\n|---|---|\n");
        foreach (Operation operation in OperationTable.Create().All.Where(one => one.Run is null))
        {
            page.Append($"| {operation.Name} | {operation.Note} |\n");
        }

        page.Append("\nHeaders that ask for encryption, locks, ACLs, redirects or appends answer `NotImplemented` too, a storage class other than\n");
        page.Append("`STANDARD` answers `InvalidStorageClass`: passing over them would be a wrong success.\n");
        Check(page.ToString());
    }

    private static string Mark(Operation operation) => operation.Mark is null ? "" : " ?" + operation.Mark.Replace("&header:", " + ").Replace("header:", "+ ").Replace("?+", "+");

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

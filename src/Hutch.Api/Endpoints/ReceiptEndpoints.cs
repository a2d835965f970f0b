using Hutch.Api.Documentation;
using Hutch.Api.Documents;
using Hutch.Api.Http;

namespace Hutch.Api.Endpoints;

/// <summary>Signed proofs that the home of a dataset stores its files.</summary>
internal sealed class ReceiptEndpoints(ReceiptService receipts) : IEndpoints
{
    private const string Tag = "Pushes";

    public void Add(EndpointTable table) =>
        table.Add(Tag, RestCalls.Pushes.SignReceipts, "Signed proof of the files that the home of the dataset stores")
            .At()
            .Gives(SignAsync, ReceiptDocuments.From);

    private async Task<Result<SignedReceipts>> SignAsync(ApiRequest request, AskReceipts asked) =>
        await receipts.SignAsync(request.Caller, request.Dataset, request.At, asked.Nonce, asked.Paths, request.Aborted);
}

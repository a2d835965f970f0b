namespace Hutch.Client;

/// <summary>Types of datasets.</summary>
public static class TypeCalls
{
    extension(HutchClient client)
    {
        /// <summary>Lists the types that the server knows, without their attributes.</summary>
        public IAsyncEnumerable<TypeInfo> ListTypesAsync(CancellationToken ct = default) =>
            client.ListAsync(RestCalls.Types.List.At(), ct);

        public Task<TypeInfo> GetTypeAsync(string name, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Types.Find.At(name), ct);

        /// <summary>The JSON Schema of the metadata of a type.</summary>
        public async Task<string> GetTypeSchemaAsync(string name, CancellationToken ct = default)
        {
            // The slashes of a name are those of the address, so that this is also the route of a type.
            using HttpResponseMessage response = await client.OpenAsync(RestCalls.Types.Find.At($"{name}/schema"), ct);
            return await response.Content.ReadAsStringAsync(ct);
        }

        public Task<DatasetAttributes> GetAttributesAsync(DatasetId id, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Metadata.Describe.At(id), ct);

        /// <summary>Returns metadata that a dataset's files have and its metadata lack.</summary>
        public Task<SuggestedMetadataInfo> GetSuggestionsAsync(DatasetId id, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Metadata.Suggest.At(id), ct);
    }
}

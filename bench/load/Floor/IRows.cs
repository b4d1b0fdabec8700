namespace HQ.OAuth2.Load.Floor;

/// <summary>Rows of one login each. Each call is one database command.</summary>
internal interface IRows
{
    ValueTask InsertAsync(string id);

    ValueTask UpdateAsync(string id);

    ValueTask<bool> ReadAsync(string id);
}

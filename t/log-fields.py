#!/usr/bin/env python3
"""log-fields.py LOGS-DUMP: what a record says is the same in whatever it is wrapped. Each envelope that holds whole records gives
each field of them as the bare record does; those with columns of their own give every field that they have a column for."""
import csv, io, json, re, subprocess, sys, tempfile

dump = sys.argv[1]
n = failed = 0


def ok(what, good, more=""):
    global n, failed
    n += 1
    failed += not good
    print(f"{'ok' if good else 'not ok'} {n} - {what}")
    if not good:
        for line in str(more).splitlines()[:12]:
            print("# " + line[:400])


def read_each(texts):
    """Of each text its records as logs-dump has them, without where they lie, and what the file was taken for: by one start of the program."""
    with tempfile.TemporaryDirectory() as dir:
        paths = [f"{dir}/{i}.log" for i in range(len(texts))]
        for path, text in zip(paths, texts):
            with open(path, "wb") as f:
                f.write(text if isinstance(text, bytes) else text.encode())
        said = subprocess.run([dump, *paths], capture_output=True, text=True)
    rows = [json.loads(line) for line in said.stdout.splitlines()]
    for r in rows:
        for k in ("at", "n", "line"):
            r.pop(k)
    told = re.findall(r"^\S+/(\d+)\.log: ([^;\n]*); (\d+) records", said.stderr, re.M)
    if [int(i) for i, _, _ in told] != list(range(len(texts))) or sum(int(n) for _, _, n in told) != len(rows):
        sys.exit(f"logs-dump ended with {said.returncode} and {len(rows)} records: {said.stderr}")
    return [([rows.pop(0) for _ in range(int(n))], what) for _, what, n in told]


def read(text):
    return read_each([text])[0]


def table(head, *rows, delimiter=",", end="\r\n"):
    out = io.StringIO()
    w = csv.writer(out, delimiter=delimiter, lineterminator=end)
    w.writerow(head)
    w.writerows(rows)
    return out.getvalue()


# ---- whole records --------------------------------------------------------------------------------------------------

COMMON = {"CreationTime": "2024-03-05T10:11:12", "OrganizationId": "0aaaaaaa-0000-1111-2222-333333333333", "UserType": 0, "UserKey": "100320000000ABCD",
          "Workload": "Exchange", "Version": 1, "ResultStatus": "Succeeded"}
MAILBOX = {"UserId": "eve@firm.example", "ClientIPAddress": "192.0.2.7", "ClientInfoString": "Client=OWA;Action=ViaProxy", "ExternalAccess": False, "LogonType": 0,
           "LogonUserSid": "S-1-5-21-1", "MailboxGuid": "bbbbbbbb-1111-2222-3333-444444444444", "MailboxOwnerSid": "S-1-5-21-2", "MailboxOwnerUPN": "ann@firm.example",
           "OrganizationName": "firm.example", "SessionId": "cccccccc-1111-2222-3333-444444444444", "AppId": "dddddddd-1111-2222-3333-444444444444",
           "ClientAppId": "eeeeeeee-1111-2222-3333-444444444444", "TokenObjectId": "11111111-2222-3333-4444-555555555555",
           "AppAccessContext": {"AADSessionId": "22222222-3333-4444-5555-666666666666", "UniqueTokenId": "tokenTOKEN_token-0", "APIId": "x"}}
RECORDS = {
    "a bind": {**COMMON, **MAILBOX, "Id": "aaaaaaaa-1111-2222-3333-444444444444", "Operation": "MailItemsAccessed", "RecordType": 50, "OperationCount": 3,
               "OperationProperties": [{"Name": "MailAccessType", "Value": "Bind"}, {"Name": "IsThrottled", "Value": "False"}],
               "Folders": [{"Id": "LgF1", "Path": "\\Inbox", "FolderItems": [
                   {"InternetMessageId": " <one@x.example> ", "Id": "RgI1", "ImmutableId": "LgIM1", "SizeInBytes": 4711, "Subject": "Über"},
                   {"InternetMessageId": "<Two@x.example>", "Id": "RgI2", "SizeInBytes": 1}]},
                   {"Id": "LgF2", "Path": "\\Deleted Items\\Éléments supprimés", "FolderItems": [{"InternetMessageId": "<three@x.example>"}]}]},
    "a throttled sync": {**COMMON, **MAILBOX, "Id": "aaaaaaaa-1111-2222-3333-444444444445", "Operation": "MailItemsAccessed", "RecordType": 2, "LogonType": 2,
                         "OperationProperties": [{"Name": "MailAccessType", "Value": "Sync"}, {"Name": "IsThrottled", "Value": "True"}],
                         "Item": {"Id": "x", "ParentFolder": {"Id": "LgF9", "Name": "Verträge", "Path": "Not Available"}}},
    "a deletion": {**COMMON, **MAILBOX, "Id": "aaaaaaaa-1111-2222-3333-444444444446", "Operation": "HardDelete", "RecordType": 3,
                   "AffectedItems": [{"Id": "RgI7", "InternetMessageId": "<seven@x.example>", "ParentFolder": {"Id": "LgF1", "Path": "\\Inbox"}, "Subject": "gone"}],
                   "Folder": {"Id": "LgF1", "Path": "\\Inbox"}},
    "a move": {**COMMON, **MAILBOX, "Id": "aaaaaaaa-1111-2222-3333-444444444447", "Operation": "Move", "RecordType": 3, "CrossMailboxOperation": False,
               "AffectedItems": [{"Id": "RgI8", "InternetMessageId": "<eight@x.example>", "ParentFolder": {"Id": "LgF1", "Path": "\\Inbox"}, "Subject": "moved"}],
               "Folder": {"Id": "LgF1", "Path": "\\Inbox"}, "DestFolder": {"Id": "LgF3", "Path": "\\RSS Feeds"}},
    "mail sent": {**COMMON, **MAILBOX, "Id": "aaaaaaaa-1111-2222-3333-444444444448", "Operation": "Send", "RecordType": 2,
                  "Item": {"Id": "RgI9", "InternetMessageId": "<nine@firm.example>", "ParentFolder": {"Id": "LgF4", "Path": "\\Drafts"}, "SizeInBytes": 99, "Subject": "pay"}},
    "a rule": {**COMMON, "UserId": "eve@firm.example", "ClientIP": "192.0.2.7:4711", "Id": "aaaaaaaa-1111-2222-3333-444444444449", "Operation": "New-InboxRule", "RecordType": 1,
               "ObjectId": "ann@firm.example\\.", "SessionId": "cccccccc-1111-2222-3333-444444444444", "AppId": "dddddddd-1111-2222-3333-444444444444",
               "Parameters": [{"Name": "Name", "Value": "."}, {"Name": "SubjectContainsWords", "Value": "invoice;payment"}, {"Name": "ForwardTo", "Value": "smtp:drop@evil.test"},
                              {"Name": "DeleteMessage", "Value": "True"}, {"Name": "MarkAsRead", "Value": "True"}]},
    "a permission": {**COMMON, "UserId": "eve@firm.example", "ClientIP": "192.0.2.7", "Id": "aaaaaaaa-1111-2222-3333-44444444444a", "Operation": "Add-MailboxPermission",
                     "RecordType": 1, "ObjectId": "ann@firm.example", "Parameters": [{"Name": "Identity", "Value": "ann@firm.example"}, {"Name": "User", "Value": "eve@firm.example"},
                                                                                     {"Name": "AccessRights", "Value": "FullAccess"}]},
    "a failed sign-in": {**COMMON, "UserId": "ann@firm.example", "ClientIP": "192.0.2.8", "Id": "aaaaaaaa-1111-2222-3333-44444444444b", "Operation": "UserLoginFailed", "RecordType": 15,
                         "Workload": "AzureActiveDirectory", "ResultStatus": "Failed", "ErrorNumber": "50126", "LogonError": "InvalidUserNameOrPassword", "ApplicationId": "ffffffff-0000-0000-0000-000000000001",
                         "ExtendedProperties": [{"Name": "UserAgent", "Value": "python"}, {"Name": "RequestType", "Value": "OAuth2:Token"}]},
}


def wrappers(record):
    """Name of the envelope, text, and what it must be taken for (a part of the name)."""
    bare = json.dumps(record, ensure_ascii=False)
    time = record["CreationTime"]
    yield "bare, indented", json.dumps(record, indent=2, ensure_ascii=False), ""
    yield "a line each, after a BOM", b"\xef\xbb\xbf" + (bare + "\n").encode(), ""
    yield "an array (Management API blob)", f"[{bare}]", ""
    yield "UTF-16", (bare + "\n").encode("utf-16"), ""
    for name, kw in (("commas", {}), ("semicolons", {"delimiter": ";"}), ("tabs", {"delimiter": "\t"}), ("LF", {"end": "\n"}), ("CR alone", {"end": "\r"})):
        yield f"the portal's CSV, {name}", table(["RecordId", "CreationDate", "RecordType", "Operation", "UserId", "AuditData", "AssociatedAdminUnits"],
                                                 ["r", time, record["RecordType"], record["Operation"], record["UserId"], bare, ""], **kw), "export"
    yield "Search-UnifiedAuditLog's CSV", table(["PSComputerName", "RunspaceId", "RecordType", "CreationDate", "UserIds", "Operations", "AuditData", "ResultIndex", "Identity"],
                                               ["x", "y", "z", "3/5/2024 10:11:12 AM", record["UserId"], record["Operation"], bare, 1, "i"]), "export"
    yield "Search-UnifiedAuditLog's JSON", json.dumps([{"RecordType": "x", "CreationDate": f"/Date(1709633472000)/", "UserIds": record["UserId"], "AuditData": bare}]), "export"
    yield "Graph's auditLogQuery", json.dumps({"@odata.context": "c", "value": [{"id": "q", "createdDateTime": time + "Z", "auditLogRecordType": "x", "auditData": record}]}), "Graph"
    yield "Defender's CloudAppEvents", json.dumps({"Timestamp": time + "Z", "ActionType": record["Operation"], "Application": "x", "RawEventData": record}), "Defender"
    yield "Defender's CSV", table(["Timestamp", "ActionType", "AccountObjectId", "RawEventData"], [time, record["Operation"], "a", bare]), "Defender"
    yield "Elastic", json.dumps({"hits": {"hits": [{"_id": "1", "_source": {"@timestamp": time + "Z", "o365": {"audit": record}}}]}}), "Elastic"
    yield "Splunk's JSON", json.dumps({"preview": False, "result": {"_time": "1709633999", "_raw": bare}}), "Splunk"
    yield "Splunk's CSV", table(["_time", "_raw", "source"], [1709633999, bare, "o365"]), "Splunk"


for name, record in RECORDS.items():
    want, _ = read(json.dumps(record, ensure_ascii=False) + "\n")
    if len(want) != 1 or want[0]["outcome"] != "parsed":
        ok(f"{name} is read bare", False, want)
        continue
    wrong = []
    wrapped = list(wrappers(record))
    for (envelope, _, taken_for), (got, what) in zip(wrapped, read_each([text for _, text, _ in wrapped])):
        if got != want or taken_for.lower() not in what.lower():
            wrong.append(f"{envelope} ({what}): " + (f"{len(got)} records" if len(got) != 1 else
                         ", ".join(f"{k}: {got[0].get(k)!r}, not {want[0][k]!r}" for k in want[0] if got[0].get(k) != want[0][k])))
    ok(f"{name} is the same in every envelope that holds whole records", not wrong, "\n".join(wrong))

# Every field that a bare record of Exchange can carry is there.
full = read(json.dumps(RECORDS["a bind"]))[0][0]
expect = {"kind": "bind", "product": "m365", "record_type": 50, "operation": "MailItemsAccessed", "workload": "Exchange", "id": "aaaaaaaa-1111-2222-3333-444444444444",
          "time": "2024-03-05T10:11:12Z", "success": "yes", "result": "Succeeded", "mailbox": "ann@firm.example", "mailbox_guid": "bbbbbbbb-1111-2222-3333-444444444444",
          "user": "eve@firm.example", "ip": "192.0.2.7", "client_info": "Client=OWA;Action=ViaProxy", "session_id": "cccccccc-1111-2222-3333-444444444444",
          "aad_session_id": "22222222-3333-4444-5555-666666666666", "unique_token_id": "tokenTOKEN_token-0", "token_object_id": "11111111-2222-3333-4444-555555555555",
          "app_id": "dddddddd-1111-2222-3333-444444444444", "client_app_id": "eeeeeeee-1111-2222-3333-444444444444", "logon_type": 0, "user_type": 0, "external_access": False,
          "is_throttled": False, "operation_count": 3}
ok("a bind has every field", {k: full.get(k) for k in expect} == expect, [(k, full.get(k), v) for k, v in expect.items() if full.get(k) != v])
ok("and its items with ids, sizes, subjects and folders",
   [(i["message_id"], i["item_id"], i["immutable_id"], i["size"], i["subject"], i["folder"]) for i in full["items"]] ==
   [("one@x.example", "RgI1", "LgIM1", 4711, "Über", 0), ("Two@x.example", "RgI2", "", 1, "", 0), ("three@x.example", "", "", 0, "", 1)] and
   [(f["id"], f["path"], f["name"]) for f in full["folders"]] == [("LgF1", "\\Inbox", "Inbox"), ("LgF2", "\\Deleted Items\\Éléments supprimés", "Éléments supprimés")], full)

# ---- envelopes with columns of their own -------------------------------------------------------------------------------


def has(what, text, envelope, **want):
    rows, got = read(text)
    r = rows[0] if len(rows) == 1 else {}
    wrong = {k: (r.get(k), v) for k, v in want.items() if r.get(k) != v}
    ok(what, len(rows) == 1 and not wrong and envelope.lower() in got.lower(), f"{got}: {len(rows)} records; {wrong}")


OFFICE = {"TimeGenerated": "2024-03-05T10:11:12Z", "RecordType": "ExchangeItemAggregated", "Operation": "MailItemsAccessed", "OfficeWorkload": "Exchange", "OfficeId": "aaaaaaaa-1111-2222-3333-444444444444",
          "OrganizationId": "0aaaaaaa-0000-1111-2222-333333333333", "UserType": "Regular", "UserKey": "100320000000ABCD", "UserId": "eve@firm.example", "ResultStatus": "Succeeded",
          "Client_IPAddress": "192.0.2.7", "ClientInfoString": "Client=OWA;x", "MailboxGuid": "bbbbbbbb-1111-2222-3333-444444444444", "MailboxOwnerUPN": "ann@firm.example", "Logon_Type": "Owner",
          "SessionId": "cccccccc-1111-2222-3333-444444444444", "AppId": "dddddddd-1111-2222-3333-444444444444", "ClientAppId": "eeeeeeee-1111-2222-3333-444444444444",
          "OperationProperties": json.dumps([{"Name": "MailAccessType", "Value": "Bind"}]), "OperationCount": 1,
          "Folders": json.dumps([{"Id": "LgF1", "Path": "\\Inbox", "FolderItems": [{"InternetMessageId": "<one@x.example>"}]}])}
OFFICE_SAYS = dict(kind="bind", operation="MailItemsAccessed", id="aaaaaaaa-1111-2222-3333-444444444444", time="2024-03-05T10:11:12Z", success="yes", mailbox="ann@firm.example", user="eve@firm.example",
                   ip="192.0.2.7", client_info="Client=OWA;x", session_id="cccccccc-1111-2222-3333-444444444444", app_id="dddddddd-1111-2222-3333-444444444444",
                   client_app_id="eeeeeeee-1111-2222-3333-444444444444", mailbox_guid="bbbbbbbb-1111-2222-3333-444444444444", operation_count=1, logon_type=0)
has("Sentinel's OfficeActivity as JSON", json.dumps(OFFICE), "Sentinel", **OFFICE_SAYS)
has("Sentinel's OfficeActivity as CSV", table(list(OFFICE), list(OFFICE.values())), "Sentinel", **OFFICE_SAYS)
has("and as an answer of Log Analytics", json.dumps({"tables": [{"name": "PrimaryResult", "columns": [{"name": k, "type": "string"} for k in OFFICE], "rows": [list(OFFICE.values())]}]}),
    "Sentinel", **OFFICE_SAYS)

SIGN_IN = {"id": "99999999-1111-2222-3333-444444444444", "createdDateTime": "2024-03-05T10:11:12Z", "userPrincipalName": "ann@firm.example", "userId": "77777777-1111-2222-3333-444444444444",
           "appId": "dddddddd-1111-2222-3333-444444444444", "appDisplayName": "One Outlook Web", "ipAddress": "192.0.2.7", "clientAppUsed": "Browser", "userAgent": "Mozilla/5.0",
           "correlationId": "c", "uniqueTokenIdentifier": "tokenTOKEN_token-0", "sessionId": "22222222-3333-4444-5555-666666666666", "resourceDisplayName": "Office 365 Exchange Online",
           "status": {"errorCode": 50126, "failureReason": "Invalid"}, "location": {"city": "C", "countryOrRegion": "IE"}}
SIGN_SAYS = dict(kind="sign_in", time="2024-03-05T10:11:12Z", success="no", result="50126", user="ann@firm.example", user_id="77777777-1111-2222-3333-444444444444", ip="192.0.2.7",
                 user_agent="Mozilla/5.0", client_info="Browser", app_id="dddddddd-1111-2222-3333-444444444444", app_name="One Outlook Web", unique_token_id="tokenTOKEN_token-0",
                 country="IE", resource="Office 365 Exchange Online")
has("Entra's sign-ins of Graph", json.dumps({"value": [SIGN_IN]}), "Entra", id="99999999-1111-2222-3333-444444444444", aad_session_id="22222222-3333-4444-5555-666666666666", **SIGN_SAYS)
has("Entra's sign-ins of the portal's JSON", json.dumps([SIGN_IN]), "Entra", id="99999999-1111-2222-3333-444444444444", **SIGN_SAYS)
has("Entra's sign-ins of diagnostic settings", json.dumps({"time": "2024-03-05T10:11:13Z", "category": "SignInLogs", "operationName": "Sign-in activity", "properties": SIGN_IN}), "Entra", **SIGN_SAYS)
has("Entra's sign-ins of the portal's CSV", table(
    ["Date (UTC)", "Request ID", "User agent", "Correlation ID", "User ID", "User", "Username", "Application", "Application ID", "Resource", "IP address", "Location", "Status", "Sign-in error code",
     "Failure reason", "Client app", "Unique token identifier"],
    ["2024-03-05T10:11:12Z", "99999999-1111-2222-3333-444444444444", "Mozilla/5.0", "c", "77777777-1111-2222-3333-444444444444", "Ann", "ann@firm.example", "One Outlook Web",
     "dddddddd-1111-2222-3333-444444444444", "Office 365 Exchange Online", "192.0.2.7", "C, C, IE", "Failure", "50126", "Invalid", "Browser", "tokenTOKEN_token-0"]),
    "Entra", id="99999999-1111-2222-3333-444444444444", **{k: v for k, v in SIGN_SAYS.items() if k != "result"})
has("sign-ins of service principals, of Log Analytics", json.dumps({"Type": "AADServicePrincipalSignInLogs", "TimeGenerated": "2024-03-05T10:11:12Z", "Id": "99999999-1111-2222-3333-444444444445",
    "ServicePrincipalId": "88888888-1111-2222-3333-444444444444", "ServicePrincipalName": "robot", "AppId": "dddddddd-1111-2222-3333-444444444444", "IPAddress": "192.0.2.7", "ResultType": "0",
    "ResourceDisplayName": "Microsoft Graph", "UniqueTokenIdentifier": "tokenTOKEN_token-1"}), "Entra", kind="sign_in", success="yes", service_principal="88888888-1111-2222-3333-444444444444",
    app_id="dddddddd-1111-2222-3333-444444444444", ip="192.0.2.7", unique_token_id="tokenTOKEN_token-1", resource="Microsoft Graph")
has("Entra's audit log", json.dumps({"value": [{"id": "Directory_1", "category": "ApplicationManagement", "activityDateTime": "2024-03-05T10:11:12Z", "activityDisplayName": "Consent to application",
    "operationType": "Assign", "result": "success", "loggedByService": "Core Directory", "correlationId": "c",
    "initiatedBy": {"user": {"id": "77777777-1111-2222-3333-444444444444", "userPrincipalName": "ann@firm.example", "ipAddress": "192.0.2.7"}, "app": None},
    "targetResources": [{"id": "66666666-1111-2222-3333-444444444444", "displayName": "Helper", "type": "ServicePrincipal", "modifiedProperties": [
        {"displayName": "ConsentAction.Permissions", "oldValue": "[]", "newValue": "\"[] => [[Id: x, ClientId: y, PrincipalId: z, ResourceId: r, ConsentType: Principal, Scope: Mail.Read User.Read]]\""}]}]}]}),
    "Entra", kind="consent", time="2024-03-05T10:11:12Z", success="yes", user="ann@firm.example", ip="192.0.2.7", target_name="Helper", id="Directory_1")
has("Graph's activity log", json.dumps({"TimeGenerated": "2024-03-05T10:11:12Z", "RequestId": "55555555-1111-2222-3333-444444444444", "RequestMethod": "GET",
    "RequestUri": "https://graph.microsoft.com/v1.0/users/77777777-1111-2222-3333-444444444444/messages/AAMkAGI2=", "ResponseStatusCode": 200, "IPAddress": "192.0.2.7", "UserAgent": "curl",
    "AppId": "dddddddd-1111-2222-3333-444444444444", "ServicePrincipalId": "88888888-1111-2222-3333-444444444444", "SignInActivityId": "tokenTOKEN_token-1", "Type": "MicrosoftGraphActivityLogs"}),
    "Graph", kind="graph_request", time="2024-03-05T10:11:12Z", success="yes", ip="192.0.2.7", user_agent="curl", app_id="dddddddd-1111-2222-3333-444444444444",
    service_principal="88888888-1111-2222-3333-444444444444", unique_token_id="tokenTOKEN_token-1", request_method="GET", mailbox="77777777-1111-2222-3333-444444444444")
has("Google's Reports API, a mail opened", json.dumps({"kind": "admin#reports#activities", "items": [{"kind": "admin#reports#activity", "id": {"time": "2024-03-05T10:11:12.345Z", "uniqueQualifier": "-7",
    "applicationName": "gmail", "customerId": "C01"}, "actor": {"email": "ann@firm.example", "profileId": "1"}, "ipAddress": "192.0.2.7", "events": [{"type": "delivery_type", "name": "delivery",
    "parameters": [{"name": "event_info", "messageValue": {"parameter": [{"name": "mail_event_type", "intValue": "7"}, {"name": "timestamp_usec", "intValue": "1709633472345000"}]}},
                   {"name": "message_info", "messageValue": {"parameter": [{"name": "rfc2822_message_id", "value": "<one@x.example>"}, {"name": "subject", "value": "Über"}]}}]}]}]}),
    "Google", kind="mail_read_google", time="2024-03-05T10:11:12Z", mailbox="ann@firm.example", ip="192.0.2.7")
def gmail(event_type):
    return json.dumps({"items": [{"id": {"time": "2024-03-05T10:11:12Z", "uniqueQualifier": "9", "applicationName": "gmail"}, "actor": {"email": "ann@firm.example"}, "events": [{"name": "delivery", "parameters": [
        {"name": "event_info", "messageValue": {"parameter": [{"name": "mail_event_type", "intValue": str(event_type)}]}},
        {"name": "message_info", "messageValue": {"parameter": [{"name": "rfc2822_message_id", "value": "<one@x.example>"}]}}]}]}]})


kinds = {t: rows[0]["kind"] for t, (rows, _) in enumerate(read_each([gmail(t) for t in range(1, 20)]), 1)}
ok("each of Gmail's events is what Google says it is", kinds == {1: "send", 2: "other", 3: "update", 4: "other", 5: "other", 6: "other", 7: "mail_read_google", 8: "update", 9: "mail_read_google",
   10: "mail_read_google", 11: "mail_read_google", 12: "move", 13: "soft_delete", 14: "move", **{t: "mail_read_google" for t in range(15, 20)}}, kinds)
has("Google's token log", json.dumps({"items": [{"id": {"time": "2024-03-05T10:11:12Z", "uniqueQualifier": "8", "applicationName": "token"}, "actor": {"email": "ann@firm.example"}, "ipAddress": "192.0.2.7",
    "events": [{"name": "authorize", "parameters": [{"name": "client_id", "value": "cid"}, {"name": "app_name", "value": "Helper"}, {"name": "scope", "multiValue": ["https://mail.google.com/"]}]}]}]}),
    "Google", kind="token", user="ann@firm.example", ip="192.0.2.7", app_id="cid", app_name="Helper", role="https://mail.google.com/")
LIST = dict(kind="list_access", time="2024-03-05T10:11:12Z", mailbox="ann@firm.example", ip="192.0.2.7", client_info="curl", user="eve@firm.example")
rows, what = read(table(["time", "mailbox", "message_id", "folder", "client", "ip", "actor"], ["2024-03-05T10:11:12Z", "ann@firm.example", "<one@x.example>", "Inbox", "curl", "192.0.2.7", "eve@firm.example"]))
ok("a list that somebody made", len(rows) == 1 and rows[0]["items"][0]["message_id"] == "one@x.example" and
   all(rows[0][k] == v for k, v in LIST.items() if k != "kind"), rows)
rows2, _ = read(json.dumps({"time": "2024-03-05T10:11:12Z", "mailbox": "ann@firm.example", "message_id": "<one@x.example>", "folder": "Inbox", "client": "curl", "ip": "192.0.2.7", "actor": "eve@firm.example"}) + "\n")
ok("and the same as JSON lines", rows2 == rows, rows2)

print(f"1..{n}")
sys.exit(failed != 0)

//! Sharing an organisation between computers.

use crate::answer::{Answer, Failure};
use clap::Subcommand;
use kiulu_app::{
    App, AttentionKind, InvitationCode, Job, MemberRole, NewMember, NewUser, Problem, SyncDone, SyncNews,
    UnlockWay,
};
use kiulu_domain::id::OrganisationId;
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::Error as NotARole;
use serde_json::json;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use uuid::Uuid;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// The endpoint over which computers share.
    Endpoint {
        #[command(subcommand)]
        command: Endpoint,
    },
    /// Makes an invitation for one more computer: a code that works once.
    Invite {
        /// viewer (reads), editor (reads and changes) or owner (also decides who takes part).
        #[arg(long, value_parser = role)]
        role: MemberRole,
        /// For how many days it may be used.
        #[arg(long, default_value_t = 7)]
        days: u32,
    },
    /// Takes in what others wrote and hands over what was written here.
    Sync {
        /// Stays and keeps in step until it is stopped.
        #[arg(long)]
        watch: bool,
    },
    /// Who takes part, and the short code of the log's end, which is the same on every computer that has everything.
    Devices,
    /// Shuts computers out, by id or number.
    Revoke {
        /// Which.
        #[arg(required = true)]
        devices: Vec<String>,
    },
    /// Writes a recovery sheet for this computer as a PDF: its code lets a new computer in when all others are lost.
    RecoverySheet {
        /// The .pdf file. Print it and delete it.
        file: PathBuf,
    },
    /// Hands the board over: shuts the computers of those who leave out, and writes the signed record as a PDF.
    HandOver {
        /// The .pdf file.
        #[arg(long)]
        record: PathBuf,
        /// Who leaves, by id or number.
        #[arg(required = true)]
        devices: Vec<String>,
    },
    /// Where two computers wrote the same: both values, who wrote them and when.
    Conflicts {
        /// Takes the other value of the conflict with this key.
        #[arg(long)]
        take: Option<String>,
    },
}

#[derive(Subcommand)]
pub(crate) enum Endpoint {
    /// Begins to share the organisation over the endpoint at an address.
    CreateOrg {
        /// https://…
        url: String,
        /// The token that the endpoint's operator asks for.
        #[arg(long, env = "KIULU_ENDPOINT_TOKEN")]
        token: Option<String>,
    },
}

/// Somebody who comes with a code.
#[derive(clap::Args)]
pub(crate) struct Join {
    /// The code; hyphens, spaces and small letters do not matter.
    code: String,
    /// Who joins.
    #[arg(long, default_value = "Kiulu")]
    user_name: String,
    /// E-mail of whoever joins.
    #[arg(long, default_value = "kiulu@localhost.invalid")]
    user_email: String,
}

fn role(text: &str) -> Result<MemberRole, NotARole> {
    MemberRole::deserialize(text.into_deserializer())
}

/// Joins an organisation by an invitation or a recovery sheet. It is unlocked by the keychain, or by KIULU_PASSPHRASE where that is
/// set.
pub(crate) fn join(app: &App, join: Join) -> Result<Answer, Failure> {
    let passphrase = crate::passphrase();
    let member = NewMember {
        code: join.code,
        user: NewUser {
            name: join.user_name,
            email: join.user_email,
        },
        unlock: match passphrase {
            Some(_) => UnlockWay::Passphrase,
            None => UnlockWay::Keychain,
        },
        passphrase,
    };
    let joined = app.join_for_script(&member, &mut Job::silent())?;
    let organisation = &joined.open.organisation;
    let text = format!(
        "{} has joined, with {} contacts. Recovery code of its file on this computer: {}",
        organisation.name, joined.open.contacts, joined.recovery_code
    );
    Ok(Answer::new(
        json!({
            "id": organisation.id,
            "name": organisation.name,
            "contacts": joined.open.contacts,
            "recovery_code": joined.recovery_code,
            "unproven": joined.unproven,
        }),
        text,
    ))
}

pub(crate) fn run(app: App, organisation: OrganisationId, command: Command) -> Result<Answer, Failure> {
    match command {
        Command::Endpoint {
            command: Endpoint::CreateOrg { url, token },
        } => {
            app.share(organisation, &url, token)?;
            devices(&app, organisation)
        }
        Command::Invite { role, days } => Ok(invitation(&app.invite(organisation, role, days)?)),
        Command::Sync { watch: false } => Ok(synced(app.sync(organisation)?)),
        Command::Sync { watch: true } => watch(app, organisation),
        Command::Devices => devices(&app, organisation),
        Command::Revoke { devices: named } => {
            app.shut_out(organisation, &known(&app, organisation, &named)?)?;
            devices(&app, organisation)
        }
        Command::RecoverySheet { file } => {
            app.print_recovery_sheet(organisation, None, None, &file)?;
            let text = format!("{} is written. Print it and delete it.", file.display());
            Ok(Answer::new(json!({ "file": file }), text))
        }
        Command::HandOver {
            record,
            devices: named,
        } => {
            let leaving = known(&app, organisation, &named)?;
            app.hand_board_over(organisation, &leaving, None, &record)?;
            devices(&app, organisation)
        }
        Command::Conflicts { take: None } => conflicts(&app, organisation),
        Command::Conflicts { take: Some(key) } => {
            let changed = app.take_other(organisation, &key)?;
            let json = json!({ "change": changed.change });
            Ok(Answer::new(json, "The other value stands now."))
        }
    }
}

/// Computers that take part or did, by id or number.
fn known(app: &App, organisation: OrganisationId, named: &[String]) -> Result<Vec<Uuid>, Failure> {
    let sharing = app.sharing(organisation)?.ok_or(Problem::NotShared)?;
    let found = named.iter().map(|named| {
        let device = sharing
            .devices
            .iter()
            .find(|device| device.id.to_string() == *named || device.number.to_string() == *named);
        device.map(|device| device.id).ok_or_else(|| {
            let params = json!({ "device": named });
            Failure::words("device_unknown", params, format!("There is no computer {named}."))
        })
    });
    found.collect()
}

fn conflicts(app: &App, organisation: OrganisationId) -> Result<Answer, Failure> {
    let items = app.attention(organisation)?;
    let mut lines = Vec::new();
    let mut found = Vec::new();
    for item in &items {
        match &item.kind {
            AttentionKind::Conflict(conflict) => {
                lines.push(format!("{}  {}", item.key, conflict.name));
                lines.extend(
                    conflict
                        .values
                        .iter()
                        .map(|value| format!("    {}: {} | {}", value.column, value.standing, value.other)),
                );
            }
            AttentionKind::Withdrawn { by } => {
                lines.push(format!("{}  withdrawn: {}", item.key, by.action.code()));
            }
            _ => continue,
        }
        found.push(item);
    }
    Ok(Answer::new(json!({ "conflicts": found }), lines.join("\n")))
}

fn invitation(invitation: &InvitationCode) -> Answer {
    let expires = invitation.expires.format("%Y-%m-%d %H:%M UTC");
    Answer::new(
        json!({ "code": invitation.code, "role": invitation.role, "expires": invitation.expires }),
        format!("{}\nWorks once, until {expires}.", invitation.code),
    )
}

fn synced(done: SyncDone) -> Answer {
    let text = format!("Received {}, sent {}.", done.received, done.sent);
    Answer::new(json!(done), text)
}

/// One line for each piece of news; ends with the process.
fn watch(app: App, organisation: OrganisationId) -> Result<Answer, Failure> {
    app.sync(organisation)?;
    let app = Arc::new(app);
    let told = Arc::clone(&app);
    let news = move |id: OrganisationId, news: SyncNews| {
        if id != organisation {
            return;
        }
        let Ok(Some(status)) = told.sync_status(id) else {
            return;
        };
        let line = json!({ "data": news == SyncNews::Data, "status": status });
        if writeln!(std::io::stdout(), "{line}").is_err() {
            std::process::exit(0);
        }
    };
    app.keep_in_sync(&news, &|| true);
    Ok(Answer::new(json!({}), ""))
}

fn devices(app: &App, organisation: OrganisationId) -> Result<Answer, Failure> {
    let sharing = app.sharing(organisation)?.ok_or(Problem::NotShared)?;
    let mut lines = vec![format!(
        "{}  entry {}, code {}",
        sharing.address, sharing.head.number, sharing.head.code
    )];
    lines.extend(sharing.devices.iter().map(|device| {
        let state = match (device.shut_out, device.this) {
            (true, _) => "  shut out",
            (_, true) => "  this computer",
            _ => "",
        };
        format!(
            "{}  {}  {}  {:?}{state}",
            device.number, device.id, device.name, device.role
        )
    }));
    lines.extend(sharing.invitations.iter().map(|open| {
        let expires = open.expires.format("%Y-%m-%d");
        format!("invitation  {}  {:?}  until {expires}", open.key, open.role)
    }));
    Ok(Answer::new(json!(sharing), lines.join("\n")))
}

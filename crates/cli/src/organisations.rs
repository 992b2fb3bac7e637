//! `kiulu-cli org`.

use crate::answer::{Answer, Failure};
use clap::Subcommand;
use kiulu_app::{App, NewOrganisation, NewUser, UnlockWay};
use kiulu_domain::organisation::{Language, OrganisationKind, PostalAddress};
use serde_json::json;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Makes an organisation. It is unlocked by the keychain, or by KIULU_PASSPHRASE where that is set.
    Create {
        /// Official name.
        #[arg(long)]
        name: String,
        /// housing-company or association.
        #[arg(long)]
        kind: OrganisationKind,
        /// Y-tunnus.
        #[arg(long, default_value = "")]
        business_id: String,
        /// fi, sv or en.
        #[arg(long, default_value = "fi")]
        language: Language,
        /// Name of the user whose changes these are.
        #[arg(long, default_value = "Kiulu")]
        user_name: String,
        /// E-mail of that user.
        #[arg(long, default_value = "kiulu@localhost.invalid")]
        user_email: String,
    },
    /// Lists the organisations on this computer.
    List,
}

pub(crate) fn run(app: &App, command: Command) -> Result<Answer, Failure> {
    match command {
        Command::Create {
            name,
            kind,
            business_id,
            language,
            user_name,
            user_email,
        } => {
            let passphrase = crate::passphrase();
            let created = app.create_for_script(&NewOrganisation {
                name,
                kind,
                business_id,
                language,
                address: PostalAddress::default(),
                user: NewUser {
                    name: user_name,
                    email: user_email,
                },
                unlock: if passphrase.is_some() {
                    UnlockWay::Passphrase
                } else {
                    UnlockWay::Keychain
                },
                passphrase,
            })?;
            let id = created.open.organisation.id;
            let text = format!(
                "{id}\nRecovery code (keep it safe, it is shown only now): {}",
                created.recovery_code
            );
            let json = json!({ "id": id, "recovery_code": created.recovery_code, "unlock": created.unlock });
            Ok(Answer::new(json, text))
        }
        Command::List => {
            let known = app.organisations();
            let text = known
                .iter()
                .map(|info| format!("{}  {}", info.id, info.name))
                .collect::<Vec<_>>()
                .join("\n");
            Ok(Answer::new(json!({ "organisations": known }), text))
        }
    }
}

@guide-2.6.6 @readiness @external-0
Feature: 2.6.6 Registration timeout
  The recommended timeout is one hour, and it should not be lower than 10 minutes.

  Scenario: A registration lasts an hour, however often it is renewed, and can be removed
    Given User A is registered from Teams
    When User A's registration is renewed several times
    Then each registration lasts as long as recommended
    And every renewal of User A lasts as long as the registration
    And User A's registration can be removed
